// Reads syslog messages out of a stream, for tests.

/** Splits a stream into octet-counted messages. `rest` is the number of bytes of a last message that is not complete. */
export function framesOf(bytes: Buffer): { messages: string[]; rest: number } {
  const messages: string[] = []
  let at = 0
  for (;;) {
    const space = bytes.indexOf(0x20, at)
    if (space === -1) return { messages, rest: bytes.length - at }
    const length = Number(bytes.toString('latin1', at, space))
    if (!Number.isInteger(length) || length <= 0) throw new Error(`no length: ${bytes.toString('latin1', at, space)}`)
    if (bytes.length < space + 1 + length) return { messages, rest: bytes.length - at }
    messages.push(bytes.toString('utf8', space + 1, space + 1 + length))
    at = space + 1 + length
  }
}
