import { expect, test } from 'vitest'
import { decodeFrame, encodeOutput, encodePiece, encodeReplay } from './frames'

/** The frame as a socket delivers it: in its own buffer. */
function delivered(frame: Uint8Array): ArrayBuffer {
  return Uint8Array.from(frame).buffer
}

const bytes = Uint8Array.from([0, 255, 27, 10, 128])

test('output comes out as it went in, with an id beyond ASCII and an offset beyond 32 bits', () => {
  const output = { terminalId: 'tür', offset: 2 ** 40 + 3, bytes }
  expect(decodeFrame(delivered(encodeOutput(output)))).toEqual({ kind: 'output', output })
  const empty = { terminalId: '', offset: 0, bytes: new Uint8Array() }
  expect(decodeFrame(delivered(encodeOutput(empty)))).toEqual({ kind: 'output', output: empty })
})

test('a replay comes out as it went in', () => {
  const replay = { startOffset: 2 ** 33, answeredOffset: 7, bytes }
  expect(decodeFrame(delivered(encodeReplay(2 ** 35, replay)))).toEqual({ kind: 'replay', id: 2 ** 35, replay })
})

test('a piece of a recording comes out as it went in, and says whether it is the last', () => {
  for (const piece of [{ bytes, nextOffset: 2 ** 33 }, { bytes, nextOffset: 0 }, { bytes: new Uint8Array() }]) {
    expect(decodeFrame(delivered(encodePiece(2 ** 35, piece)))).toEqual({ kind: 'piece', id: 2 ** 35, piece })
  }
})

test('what is cut short within its header, or of another kind, is no frame', () => {
  const output = encodeOutput({ terminalId: 'abc', offset: 1, bytes: new Uint8Array() })
  const replay = encodeReplay(1, { startOffset: 0, answeredOffset: 0, bytes: new Uint8Array() })
  const piece = encodePiece(1, { bytes: new Uint8Array() })
  for (const frame of [output, replay, piece]) {
    for (let length = 0; length < frame.length; length += 1) {
      expect(decodeFrame(delivered(frame.subarray(0, length))), String(length)).toBeUndefined()
    }
  }
  expect(decodeFrame(delivered(Uint8Array.from([4, ...output.subarray(1)])))).toBeUndefined()
})
