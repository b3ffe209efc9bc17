// Keeps a UTF-8 sequence from being split between two messages, as the agent's shell does. Pure.
//
// An incomplete or invalid tail of at most three bytes waits for more output; invalid bytes before it pass through. A
// tail that is still held when the output ends is lost, as it is with the agent.
// Source: amazon-ssm-agent agent/session/plugins/sessionplugin shell processStdoutData; specification §7.1.

const MAX_TAIL_BYTES = 3

function isContinuation(byte: number | undefined, low = 0x80, high = 0xbf): boolean {
  return byte !== undefined && byte >= low && byte <= high
}

// Length of the valid sequence at `at`, or 0. Overlong forms, surrogates and values over U+10FFFF are invalid.
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  if (lead < 0xe0) return isContinuation(bytes[at + 1]) ? 2 : 0
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (!isContinuation(bytes[at + 1], low, high) || !isContinuation(bytes[at + 2])) return 0
  if (lead < 0xf0) return 3
  return isContinuation(bytes[at + 3]) ? 4 : 0
}

/** Where `bytes` must be cut so that no sequence is split: everything from the returned offset waits. */
export function completeLength(bytes: Buffer): number {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0 && bytes.length - at <= MAX_TAIL_BYTES) return at
    at += Math.max(1, length)
  }
  return bytes.length
}
