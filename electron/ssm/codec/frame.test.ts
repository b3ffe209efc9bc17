import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { encodeFrameHeader, FrameCommand, FrameParser } from './frame'

describe('smux frames', () => {
  it('check 31: come out of the parser the same wherever the stream is cut', () => {
    const anyFrame = fc.record({
      command: fc.constantFrom(...Object.values(FrameCommand)),
      streamId: fc.nat({ max: 0xffff_ffff }),
      data: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 200 }),
        (frames, cuts) => {
          const stream = Buffer.concat(
            frames.flatMap((frame) => [
              encodeFrameHeader(frame.command, frame.streamId, frame.data.length),
              frame.data,
            ]),
          )
          const parser = new FrameParser()
          const seen = []
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const size = cuts[turn % cuts.length]!
            seen.push(...parser.push(stream.subarray(at, at + size)))
            at += size
          }
          expect(seen.map((frame) => ({ ...frame, data: Buffer.from(frame.data) }))).toEqual(frames)
        },
      ),
    )
  })

  it('let nothing but the protocol error escape from random bytes', () => {
    let refused = 0
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 100 }), (bytes) => {
        try {
          new FrameParser().push(Buffer.from(bytes))
        } catch (error) {
          refused += 1
          expect(error).toBeInstanceOf(AppError)
          expect((error as AppError).code).toBe('protocol')
        }
      }),
    )
    expect(refused).toBeGreaterThan(50)
  })
})
