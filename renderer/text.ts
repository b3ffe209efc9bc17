// Cuts text for messages.

/** The first `size` UTF-16 units of a text (2 or more); one less if the cut would split a character into halves. */
export function headOf(text: string, size: number): string {
  if (text.length <= size) return text
  const last = text.charCodeAt(size - 1)
  const isHighSurrogate = last >= 0xd8_00 && last <= 0xdb_ff
  return text.slice(0, isHighSurrogate ? size - 1 : size)
}
