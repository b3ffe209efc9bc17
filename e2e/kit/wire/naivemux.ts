// The frames of smux for the simulator’s own tests: written and read by offsets, independent of the product.

/** One smux v1 frame. */
export function muxFrame(command: number, streamId: number, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data)
  const frame = Buffer.alloc(8 + bytes.length)
  frame[0] = 1
  frame[1] = command
  frame.writeUInt16LE(bytes.length, 2)
  frame.writeUInt32LE(streamId, 4)
  bytes.copy(frame, 8)
  return frame
}

/** Reads the smux frames in a whole byte stream; an incomplete one at the end is left out. */
export function readMux(
  bytes: Buffer,
): { readonly command: number; readonly streamId: number; readonly data: Buffer }[] {
  const frames = []
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt16LE(at + 2)
    if (at + 8 + length > bytes.length) break
    frames.push({
      command: bytes[at + 1] ?? -1,
      streamId: bytes.readUInt32LE(at + 4),
      data: bytes.subarray(at + 8, at + 8 + length),
    })
    at += 8 + length
  }
  return frames
}
