import { expect, test, vi } from 'vitest'
import { Typing } from './typing'

/** A shell that accepts a request when the test tells it to. */
class Shell {
  readonly got: string[] = []
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  readonly send = (text: string): Promise<void> => {
    this.got.push(text)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  take(): void {
    this.#waiting.shift()!.resolve()
  }

  refuse(): void {
    this.#waiting.shift()!.reject(new Error('gone'))
  }
}

test('the first key is sent at once, and the keys of a waiting shell go together in the next request', async () => {
  const shell = new Shell()
  const typing = new Typing(shell.send)
  for (const key of 'hello') typing.push(key)
  expect(shell.got).toEqual(['h'])
  shell.take()
  await vi.waitFor(() => expect(shell.got).toEqual(['h', 'ello']))
})

test('a paste arrives whole and in order, in pieces that cut no character', async () => {
  const paste = '0123456789😀'.repeat(10_000)
  const got: string[] = []
  const typing = new Typing((text) => {
    got.push(text)
    return Promise.resolve()
  })
  typing.push(paste)
  typing.push('after')
  await vi.waitFor(() => expect(got.join('')).toBe(`${paste}after`))
  expect(got.length).toBeGreaterThan(7)
  expect(Math.max(...got.map((piece) => piece.length))).toBeLessThanOrEqual(16_384)
  expect(got.some((piece) => /[\uD800-\uDBFF]$/.test(piece))).toBe(false)
})

test('what waited is dropped when the shell is gone, and what is typed later is sent', async () => {
  const shell = new Shell()
  const typing = new Typing(shell.send)
  typing.push('a')
  typing.push('rm -rf /')
  shell.refuse()
  await vi.waitFor(() => {
    typing.push('b')
    expect(shell.got).toEqual(['a', 'b'])
  })
})

test('more than 8 Mi characters are refused whole, and there is room again once they were taken', async () => {
  const shell = new Shell()
  const typing = new Typing(shell.send)
  expect(typing.push('a'.repeat(8_388_608))).toBe(true)
  expect(typing.push('b')).toBe(false)
  shell.take()
  await vi.waitFor(() => expect(shell.got).toHaveLength(2))
  expect(typing.push('b')).toBe(true)
})
