// The limit on texts from services, agents and programs. Such texts are shown, stored and sent to windows.

/** The longest foreign text that is kept, in UTF-16 units. AWS documents at most 2,048 for the texts that we show. */
export const MAX_FOREIGN_CHARACTERS = 2_048

/** The text, or its beginning and an ellipsis if it has more than `max` UTF-16 units. Never splits a character in two. */
export function cutText(text: string, max: number = MAX_FOREIGN_CHARACTERS): string {
  return text.length > max ? `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}
