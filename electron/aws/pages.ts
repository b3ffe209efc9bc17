// Joins the pages of an AWS list into one bounded list.
//
// The endpoint need not be AWS, so a list is bounded by its items, by the size of their texts, and by its pages, which may be
// empty. A token that was used before ends it as well, because the list would go round for ever.

import { createHash } from 'node:crypto'

/** Fifty thousand items take a thousand of the smallest pages. Filters leave some pages empty. */
const MAX_PAGES = 5_000

/** In UTF-16 units. Fifty thousand instances with ten tags each have half of that. */
const MAX_CHARACTERS = 32 * 1_048_576

/** A list as far as it came. */
export interface Pages<T> {
  readonly items: T[]
  /** `whole`: all of it. `capped`: there is more than is kept. `repeated`: a page named one before it as the next. */
  readonly end: 'whole' | 'capped' | 'repeated'
}

/** How a list is asked for and bounded. */
export interface PagesOptions<T> {
  /** Asks for one page, with the token of the one before. */
  readonly ask: (token: {
    NextToken?: string
  }) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>
  readonly maxItems: number
  /** Characters of one item. */
  readonly sizeOf: (item: T) => number
}

/** Asks for page after page, and joins them. Rejects as `ask` does. */
export async function everyPage<T>({ ask, maxItems, sizeOf }: PagesOptions<T>): Promise<Pages<T>> {
  const items: T[] = []
  // By hash, because a token may be of any length.
  const asked = new Set<string>()
  let characters = 0
  let token: string | undefined
  for (;;) {
    const page = await ask(token === undefined ? {} : { NextToken: token })
    for (const item of page.items) {
      characters += sizeOf(item)
      if (items.length >= maxItems || characters > MAX_CHARACTERS) return { items, end: 'capped' }
      items.push(item)
    }
    if (page.next === undefined || page.next === '') return { items, end: 'whole' }
    token = page.next
    const hash = createHash('sha256').update(token).digest('base64')
    if (asked.has(hash)) return { items, end: 'repeated' }
    asked.add(hash)
    if (asked.size >= MAX_PAGES) return { items, end: 'capped' }
  }
}
