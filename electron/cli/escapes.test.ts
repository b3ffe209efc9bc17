import { expect, test } from 'vitest'
import { takeEscapes } from './escapes'

/** What is sent of keys that come in these pieces, and what a person asked for. */
function typed(...pieces: string[]): { readonly sent: string; readonly done: string[] } {
  const done: string[] = []
  const take = takeEscapes({ leave: () => done.push('leave'), list: () => done.push('list') })
  return { sent: pieces.map((piece) => take(Buffer.from(piece)).toString()).join(''), done }
}

test.each([
  ['ls\r~.', 'ls\r', ['leave']],
  ['~.', '', ['leave']],
  ['ls\n~?~?pwd\r', 'ls\npwd\r', ['list', 'list']],
  ['\r~~x', '\r~x', []],
  ['\r~~~.', '\r~~.', []],
  ['\r~x~.', '\r~x~.', []],
  ['\r~\r~.', '\r~\r', ['leave']],
  ['cd ~.\r', 'cd ~.\r', []],
  ['x~?', 'x~?', []],
  ['\r~.rm', '\r', ['leave']],
  ['\ré~ü', '\ré~ü', []],
])('%j sends %j and does %j, however it is cut', (keys, sent, done) => {
  expect(typed(keys)).toEqual({ sent, done })
  expect(typed(...Array.from(keys))).toEqual({ sent, done })
})
