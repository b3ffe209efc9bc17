// Looks through a whole page for characters that do not show, and measures in which order text is drawn.

import type { Locator, Page } from '@playwright/test'

/** Control, format and blank characters but for the plain space. Written without the product's own list of them. */
const UNSEEN = String.raw`[\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\u{e0000}-\u{e007f}]`

/** Where a page holds such a character: in a text, an attribute, an input or its title. Screens of terminals are left out. */
export function unseenOn(page: Page): Promise<string[]> {
  return page.evaluate((source) => {
    const unseen = new RegExp(source, 'u')
    const found: string[] = []
    const look = (where: string, text: string): void => {
      if (unseen.test(text)) found.push(`${where}: ${JSON.stringify(text)}`)
    }
    look('title', document.title)
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node instanceof Element ? node : node.parentElement
      if (element === null || element.closest('.xterm, script, style') !== null) continue
      // Between the elements of the document itself stand breaks of lines.
      if (node.parentElement === document.body && node instanceof Text) continue
      const place = `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}">`
      if (node instanceof Element) {
        for (const { name, value } of node.attributes) look(`${place} ${name}`, value)
        if (node instanceof HTMLInputElement) look(`${place} value`, node.value)
      } else look(place, node.nodeValue ?? '')
    }
    return found
  }, UNSEEN)
}

/** The letters and digits of an element as they are drawn from left to right; it must stand on one line. */
export function drawnText(locator: Locator): Promise<string> {
  return locator.evaluate((element) => {
    const drawn: { readonly left: number; readonly letter: string }[] = []
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      for (const [index, letter] of Array.from(node.nodeValue ?? '').entries()) {
        if (!/[a-z0-9]/i.test(letter)) continue
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + 1)
        drawn.push({ left: range.getBoundingClientRect().left, letter })
      }
    }
    return drawn
      .toSorted((a, b) => a.left - b.left)
      .map(({ letter }) => letter)
      .join('')
  })
}
