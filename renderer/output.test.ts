import { expect, test } from 'vitest'
import { OutputRouter } from './output'

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')

/** A view that joins what it gets. */
function view(): { readonly sink: (bytes: Uint8Array) => void; readonly text: () => string } {
  const got: Uint8Array[] = []
  return { sink: (bytes) => got.push(bytes), text: () => Buffer.concat(got).toString('latin1') }
}

test('output that came before its view is delivered first, every byte value whole', () => {
  const router = new OutputRouter()
  const all = String.fromCharCode(...Array.from({ length: 256 }, (_, index) => index))
  router.push('t', base64(all))
  router.push('other', base64('x'))
  const { sink, text } = view()
  router.attach('t', sink)
  router.push('t', base64('after'))
  expect(text()).toBe(`${all}after`)
})

test('output after a detach waits for the next view', () => {
  const router = new OutputRouter()
  const first = view()
  const second = view()
  router.attach('t', first.sink)()
  router.push('t', base64('a'))
  router.attach('t', second.sink)
  expect([first.text(), second.text()]).toEqual(['', 'a'])
})

test('a late detach of an old view leaves the new one attached', () => {
  const router = new OutputRouter()
  const detach = router.attach('t', view().sink)
  const { sink, text } = view()
  router.attach('t', sink)
  detach()
  router.push('t', base64('a'))
  expect(text()).toBe('a')
})

test('without a view the newest MiB is kept, and nothing of a terminal that is gone', () => {
  const router = new OutputRouter()
  for (const letter of ['a', 'b', 'c', 'd', 'e', 'f']) router.push('t', base64(letter.repeat(262_144)))
  router.push('gone', base64('x'))
  router.keepOnly(new Set(['t']))
  const kept = view()
  const gone = view()
  router.attach('t', kept.sink)
  router.attach('gone', gone.sink)
  expect(kept.text().replaceAll(/(.)\1+/g, '$1')).toBe('cdef')
  expect(gone.text()).toBe('')
})
