// Finds sentences that a person cannot read in full: cut without a title, or outside of what is shown or can be scrolled to.

import type { Page } from '@playwright/test'

/** The parts that say what happened: causes of forwards, banners, toasts, commands, and the text of an empty view. */
const SAYING =
  '.cause p, .cause-now p, .banner > p, .banner .command-line, .toast .title, .toast .text, .command-line code, .empty .text, .full-text p'

/**
 * Each such sentence as a line that says where it is cut. A sentence may end in an ellipsis: then its title or `.full-text` tells
 * all of it.
 */
export function untold(page: Page): Promise<readonly string[]> {
  return page.evaluate((saying) => {
    const faults: string[] = []
    for (const part of document.querySelectorAll<HTMLElement>(saying)) {
      if (part.getClientRects().length === 0 || part.closest('.hidden, [hidden]') !== null) continue
      const text = (part.textContent ?? '').trim()
      const say = (fault: string): number => faults.push(`${fault}: "${text.slice(0, 60)}"`)
      const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(part)
      const isCut =
        (overflowX !== 'visible' && part.scrollWidth > part.clientWidth + 1) ||
        (overflowY !== 'visible' && part.scrollHeight > part.clientHeight + 1)
      const hasEllipsis = textOverflow === 'ellipsis' || webkitLineClamp !== 'none'
      if (isCut && !hasEllipsis && !part.title.includes(text)) say('cut without its full text')
      const box = part.getBoundingClientRect()
      let isScrolled = false
      for (let at = part.parentElement; at !== null && !isScrolled; at = at.parentElement) {
        const look = getComputedStyle(at)
        isScrolled = /auto|scroll/.test(look.overflowY)
        if (isScrolled || look.overflowY === 'visible') continue
        const around = at.getBoundingClientRect()
        if (box.top < around.top - 1 || box.bottom > around.bottom + 1) {
          say(`outside of ${at.className || at.tagName}`)
          break
        }
      }
      const isOut = box.top < 0 || box.left < -1 || box.bottom > window.innerHeight || box.right > window.innerWidth + 1
      if (isOut && !isScrolled) say('outside of the window')
    }
    return faults
  }, SAYING)
}
