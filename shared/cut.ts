// Bounds on texts that come from others: services, agents, programs. What they say is shown, kept and sent to windows.

/** The longest foreign text that is kept, in characters. A sentence of AWS's has two hundred. */
export const MAX_FOREIGN_CHARACTERS = 2_000

const MARK = ' […]'

/** The text, or as much of its beginning as `max` characters hold, with a mark where something is missing. */
export function cutText(text: string, max: number = MAX_FOREIGN_CHARACTERS): string {
  if (text.length <= max) return text
  const end = max - MARK.length
  // A pair of surrogates is one character: half of it is none.
  const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(end - 1))
  return `${text.slice(0, isSplit ? end - 1 : end)}${MARK}`
}
