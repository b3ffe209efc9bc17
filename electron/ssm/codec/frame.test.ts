import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { encodeFrameHeader, FrameCommand, FrameParser, type FramePiece } from './frame'

/** The bytes of whole frames, one behind the other. */
function streamOf(frames: readonly FramePiece[]): Buffer {
  return Buffer.concat(
    frames.flatMap(({ command, streamId, data }) => [encodeFrameHeader(command, streamId, data.length), data]),
  )
}

/** How many bytes of PSH frames are among the first `bytes` of the stream. */
function pushedBytesBefore(frames: readonly FramePiece[], bytes: number): number {
  let at = 0
  let pushed = 0
  for (const { command, data } of frames) {
    const there = Math.min(data.length, Math.max(0, bytes - at - 8))
    if (command === FrameCommand.push) pushed += there
    at += 8 + data.length
  }
  return pushed
}

function dataBytesOf(pieces: readonly FramePiece[]): number {
  return pieces.reduce((sum, { data }) => sum + data.length, 0)
}

/** What each stream is told in order: its bytes joined, and every other command. Data of other commands means nothing. */
function storyOf(pieces: readonly FramePiece[]): Record<number, (string | number)[]> {
  const story: Record<number, (string | number)[]> = {}
  for (const { command, streamId, data } of pieces) {
    const told = (story[streamId] ??= [])
    const last = told.at(-1)
    if (command !== FrameCommand.push) told.push(command)
    else if (typeof last === 'string') told[told.length - 1] = last + data.toString('hex')
    else told.push(data.toString('hex'))
  }
  return story
}

describe('smux frames', () => {
  it('check 31: give the same bytes and the same ends for each stream wherever they are cut, and no byte waits', () => {
    const anyFrame = fc.record({
      command: fc.constantFrom(...Object.values(FrameCommand)),
      streamId: fc.constantFrom(3, 5, 0xffff_ffff),
      data: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    })
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 200 }),
        (frames, cuts) => {
          const stream = streamOf(frames)
          const parser = new FrameParser()
          const seen: FramePiece[] = []
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const next = Math.min(stream.length, at + cuts[turn % cuts.length]!)
            seen.push(...parser.push(stream.subarray(at, next)))
            expect(dataBytesOf(seen)).toBe(pushedBytesBefore(frames, next))
            at = next
          }
          expect(storyOf(seen)).toEqual(storyOf(frames))
        },
      ),
    )
  })

  it('deliver the data of a large frame as it comes, and its stream id with each piece', () => {
    const parser = new FrameParser()
    const header = encodeFrameHeader(FrameCommand.push, 7, 32_768)
    expect(parser.push(header.subarray(0, 5))).toEqual([])
    expect(parser.push(header.subarray(5))).toEqual([])
    for (let index = 0; index < 32; index += 1) {
      const bytes = Buffer.alloc(1_024, index)
      expect(parser.push(bytes)).toEqual([{ command: FrameCommand.push, streamId: 7, data: bytes }])
    }
    expect(parser.push(encodeFrameHeader(FrameCommand.fin, 7)).map(({ command }) => command)).toEqual([1])
  })

  it('that carry data which means nothing come once, when it has passed', () => {
    const parser = new FrameParser()
    const frame = Buffer.concat([encodeFrameHeader(FrameCommand.fin, 7, 65_535), Buffer.alloc(65_534)])
    expect(parser.push(frame)).toEqual([])
    expect(parser.push(Buffer.alloc(1))).toEqual([{ command: FrameCommand.fin, streamId: 7, data: Buffer.alloc(0) }])
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
