import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naiveDecode, naiveEncode } from '../../../e2e/kit/wire/naive'
import { AppError } from '../../../shared/errors'
import { decodeMessage, encodeMessage } from './message'

const anyMessage = fc.record({
  messageType: fc.stringMatching(/^[a-z_]{1,32}$/),
  schemaVersion: fc.nat({ max: 0xffff }),
  createdDate: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  sequenceNumber: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  flags: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  messageId: fc.uuid(),
  payloadType: fc.nat({ max: 0xffff_ffff }),
  payload: fc.uint8Array({ minLength: 1, maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
})

describe('the binary message', () => {
  it('says the same as a second, naive decoder for any message', () => {
    fc.assert(
      fc.property(anyMessage, (fields) => {
        const frame = encodeMessage(fields)
        const naive = naiveDecode(frame)
        expect(naive).toMatchObject({
          type: fields.messageType,
          createdDate: BigInt(fields.createdDate),
          sequence: fields.sequenceNumber,
          flags: fields.flags,
          id: fields.messageId,
          payloadType: fields.payloadType,
          payloadLength: fields.payload.length,
        })
        expect(decodeMessage(frame)).toMatchObject(fields)
        expect(encodeMessage(decodeMessage(frame)).equals(frame)).toBe(true)
      }),
    )
  })

  it('check 5: sequence numbers above 2^53 survive a round trip', () => {
    for (const sequenceNumber of [2n ** 53n + 1n, 2n ** 63n - 1n, -1n]) {
      const frame = naiveEncode({ type: 'input_stream_data', sequence: sequenceNumber, payload: 'x' })
      expect(decodeMessage(frame).sequenceNumber).toBe(sequenceNumber)
      expect(encodeMessage(decodeMessage(frame))).toEqual(frame)
    }
  })

  it('lets nothing but the protocol error escape from random bytes', () => {
    let rejected = 0
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, hasHeader) => {
        const frame = Buffer.from(bytes)
        // Half of them get past the length field, or nothing behind it would ever be reached.
        if (hasHeader && frame.length >= 4) frame.writeUInt32BE(116, 0)
        try {
          decodeMessage(frame)
        } catch (error) {
          rejected += 1
          expect(error).toBeInstanceOf(AppError)
          expect((error as AppError).code).toBe('protocol')
        }
      }),
      { numRuns: 2_000 },
    )
    expect(rejected).toBeGreaterThan(500)
  })

  it('lets nothing but the protocol error escape from a good message with one byte changed', () => {
    const good = naiveEncode({ type: 'output_stream_data', payloadType: 1, payload: 'hello' })
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good)
      bad[at] = bad[at]! ^ 0x5a
      try {
        decodeMessage(bad)
      } catch (error) {
        expect((error as AppError).code).toBe('protocol')
      }
    }
  })
})
