// Cutting text for messages.

/** Cuts text into pieces of at most `size` UTF-16 units (2 or more), never between the halves of one character. */
export function cutText(text: string, size: number): readonly string[] {
  const pieces: string[] = []
  let start = 0
  while (start < text.length) {
    let end = Math.min(start + size, text.length)
    const last = text.charCodeAt(end - 1)
    const isHighSurrogate = last >= 0xd8_00 && last <= 0xdb_ff
    if (isHighSurrogate && end < text.length) end -= 1
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}
