import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createPipe } from './pipe'

describe('a pipe', () => {
  test('carries bytes both ways', async () => {
    const [near, far] = createPipe()
    near.write('ping')
    expect(String((await once(far, 'data'))[0])).toBe('ping')
    far.write('pong')
    expect(String((await once(near, 'data'))[0])).toBe('pong')
  })

  test('keeps the way back open after one side has ended', async () => {
    const [near, far] = createPipe()
    far.resume()
    near.end()
    await once(far, 'end')
    far.write('late')
    expect(String((await once(near, 'data'))[0])).toBe('late')
  })

  test('holds back a writer whose reader does not read', async () => {
    const [near, far] = createPipe()
    let written = 0
    while (near.write(Buffer.alloc(16_384))) written += 1
    expect(written).toBeLessThan(20)
    let isDrained = false
    near.once('drain', () => {
      isDrained = true
    })
    await new Promise(setImmediate)
    expect(isDrained).toBe(false)
    far.resume()
    await once(near, 'drain')
  })

  test('delivers what was written before it was destroyed, then ends; writing back fails', async () => {
    const [near, far] = createPipe()
    near.end('last', () => near.destroy())
    await once(near, 'close')
    const chunks: string[] = []
    far.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    await once(far, 'end')
    expect(chunks).toEqual(['last'])
    far.write('x')
    expect(((await once(far, 'error'))[0] as NodeJS.ErrnoException).code).toBe('EPIPE')
  })

  test('a destroyed reader frees a writer that waited', async () => {
    const [near, far] = createPipe()
    while (near.write(Buffer.alloc(16_384)));
    const failed = once(near, 'error')
    far.destroy()
    expect(((await failed)[0] as NodeJS.ErrnoException).code).toBe('EPIPE')
  })
})
