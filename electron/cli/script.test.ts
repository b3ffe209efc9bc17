import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Instance } from '../../shared/model/instance'
import { typeScript } from './script'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

/** What is typed of `chunks`, within `afterMs` from their end. */
async function typed(platform: Instance['platform'], chunks: string[], afterMs = 0): Promise<string> {
  const sent: string[] = []
  const shell = {
    write: (bytes: Uint8Array) => {
      sent.push(Buffer.from(bytes).toString())
      return Promise.resolve()
    },
  }
  const over = new AbortController()
  await typeScript(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { shell, platform, over: over.signal })
  vi.advanceTimersByTime(afterMs)
  over.abort()
  vi.advanceTimersByTime(60_000)
  return sent.join('')
}

test('a script on Windows is typed with CR for Enter and ended by exit, once', async () => {
  expect(await typed('windows', ['dir\nhostname\n'], 60_000)).toBe('dir\rhostname\rexit\r')
  expect(await typed('windows', ['dir\r', '\nhostname'])).toBe('dir\rhostname\rexit\r')
  expect(await typed('windows', ['a\n\n', '\n'])).toBe('a\r\r\rexit\r')
  expect(await typed('windows', [])).toBe('exit\r')
})

test('a script elsewhere is typed as it is and ended by Ctrl-D, every 2 s until the shell has ended', async () => {
  expect(await typed('linux', ['ls\npwd'])).toBe('ls\npwd\n\u0004')
  expect(await typed('macos', ['ls\n'], 4_000)).toBe('ls\n\u0004\u0004\u0004')
  expect(await typed('unknown', [])).toBe('\u0004')
})
