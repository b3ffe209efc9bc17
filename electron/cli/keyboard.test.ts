// The reader of the keys, over a real pseudo terminal.

import { once } from 'node:events'
import { expect, test } from 'vitest'
import { terminal } from './keyboard.kit'

const next = async (keys: NodeJS.ReadableStream): Promise<string> => String((await once(keys, 'data'))[0])

test.skipIf(process.platform === 'win32')('a terminal is raw until the last who holds it lets go', async () => {
  const { keyboard, input } = await terminal()
  const [one, other] = [keyboard.hold(), keyboard.hold()]
  one[Symbol.dispose]()
  one[Symbol.dispose]()
  expect([keyboard.isRaw, input.isRaw]).toEqual([true, true])
  other[Symbol.dispose]()
  expect([keyboard.isRaw, input.isRaw]).toEqual([false, false])
})

test.skipIf(process.platform === 'win32')(
  'a question gets all keys, and gives back those behind its answer',
  async () => {
    const { type, keyboard } = await terminal()
    using _ = keyboard.hold()
    const keys = keyboard.keys()
    let seen = ''
    let giveBack = (): void => undefined
    const answered = new Promise<void>((resolve) => {
      giveBack = keyboard.divert(
        (chunk) => {
          for (const [index, byte] of chunk.entries()) {
            seen += String.fromCharCode(byte)
            if (seen.length < 3) continue
            giveBack()
            resolve()
            return chunk.subarray(index + 1)
          }
          return Buffer.alloc(0)
        },
        () => undefined,
      )
    })
    const rest = next(keys)
    type('abcd')
    await answered
    expect([seen, await rest]).toEqual(['abc', 'd'])
    type('e')
    expect(await next(keys)).toBe('e')
  },
)

test.skipIf(process.platform === 'win32')(
  'keys that are not read hold the terminal back, and a question gets its own nonetheless',
  async () => {
    const { type, keyboard, input } = await terminal()
    using _ = keyboard.hold()
    const keys = keyboard.keys()
    while (!input.isPaused()) {
      type('x'.repeat(1_000))
      await once(input, 'data')
    }
    const asked = new Promise<string>((resolve) => {
      const giveBack = keyboard.divert(
        (chunk) => {
          if (!chunk.includes('7')) return Buffer.alloc(0)
          giveBack()
          resolve('7')
          return Buffer.alloc(0)
        },
        () => undefined,
      )
    })
    type('7')
    expect(await asked).toBe('7')
    // Back to waiting for the reader.
    expect(input.isPaused()).toBe(true)
    keys.resume()
    await expect.poll(() => input.isPaused()).toBe(false)
  },
)
