// Which forward's lines the Activity view was asked to show, by the page that it belongs to.

import type { Page } from '../store'

const wanted = new WeakMap<Page['store'], string>()

/** Shows the Activity view with the lines of one forward only. */
export function showLog(page: Page, forwardId: string): void {
  wanted.set(page.store, forwardId)
  page.show('activity')
}

/** The id of the forward whose lines were asked for last; asking again gives undefined. */
export function takeWantedLog(page: Page): string | undefined {
  const forwardId = wanted.get(page.store)
  wanted.delete(page.store)
  return forwardId
}
