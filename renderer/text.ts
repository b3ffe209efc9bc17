// Cutting text for messages.

/** The first `size` UTF-16 units of a text (2 or more), one less where the cut would part the halves of one character. */
export function headOf(text: string, size: number): string {
  if (text.length <= size) return text
  const last = text.charCodeAt(size - 1)
  const isHighSurrogate = last >= 0xd8_00 && last <= 0xdb_ff
  return text.slice(0, isHighSurrogate ? size - 1 : size)
}
