import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Blocks } from './blocks'
import { ownBytes } from '../codec/ownbytes'

it('gives back the bytes in order, whatever pieces they came and left in', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 3_000 }), fc.constant('take' as const))), (steps) => {
      const blocks = new Blocks()
      const put: Uint8Array[] = []
      const got: Uint8Array[] = []
      for (const step of steps) {
        if (step === 'take') {
          const taken = blocks.shift()
          if (taken !== undefined) got.push(taken)
        } else {
          put.push(step)
          blocks.push(Buffer.from(step))
        }
      }
      for (let taken = blocks.shift(); taken !== undefined; taken = blocks.shift()) got.push(taken)
      expect(Buffer.concat(got).equals(Buffer.concat(put))).toBe(true)
      expect([blocks.isEmpty, blocks.capacityBytes]).toEqual([true, 0])
    }),
  )
})

it('counts the memory that it takes, which is little more than the bytes even where they come one by one', () => {
  const blocks = new Blocks()
  const one = Buffer.alloc(65_536).subarray(7, 8)
  for (let count = 0; count < 1_000_000; count += 1) blocks.push(one)
  expect(blocks.capacityBytes).toBeGreaterThanOrEqual(1_000_000)
  expect(blocks.capacityBytes).toBeLessThan(1_100_000)
  const first = blocks.shift()
  expect(first?.buffer.byteLength).toBeLessThanOrEqual(1_024)
})

it('keeps its own copy: what becomes of the buffer that the bytes came in changes nothing', () => {
  const blocks = new Blocks()
  const chunk = Buffer.from('as it came')
  blocks.push(chunk)
  chunk.fill(0)
  expect(blocks.shift()?.toString()).toBe('as it came')
})

it('bytes of their own are copied only where they would keep more than twice their size alive', () => {
  const read = Buffer.alloc(65_536, 1)
  const small = ownBytes(read.subarray(10, 20))
  expect([small.length, small.buffer.byteLength, small[0]]).toEqual([10, 10, 1])
  const most = read.subarray(0, 60_000)
  expect(ownBytes(most)).toBe(most)
})
