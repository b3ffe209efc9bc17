// The bound on texts that come from others: services, agents, programs. What they say is shown, kept and sent to windows.

/** The longest foreign text that is kept, in UTF-16 units. The longest that AWS documents for one that we show is 2,048. */
export const MAX_FOREIGN_CHARACTERS = 2_048

/** The text, or its beginning with an ellipsis where it has more than `max` UTF-16 units. Splits no character in two. */
export function cutText(text: string, max: number = MAX_FOREIGN_CHARACTERS): string {
  return text.length > max ? `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}
