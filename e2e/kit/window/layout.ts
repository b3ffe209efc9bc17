// Finds faults of a page's layout: text that is cut beside free space, cells that overlap, a page that scrolls sideways.

import type { Page } from '@playwright/test'

/** Every fault of the layout as a line that names its element; none where all is well. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const say = (element: Element): string =>
      `${element.className || element.tagName} "${(element.textContent ?? '').trim().slice(0, 40)}"`
    const isShown = (element: Element): boolean => {
      if (element.getClientRects().length === 0) return false
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        const { clipPath, opacity, visibility } = getComputedStyle(at)
        if (clipPath !== 'none' || opacity === '0' || visibility === 'hidden') return false
      }
      return true
    }
    const isOut = (element: Element): boolean => element.closest('.hidden, .xterm, [hidden], .toasts') !== null

    /** The free width beside an element in the line that it stands in: behind the last of its siblings, or between two. */
    const freeBeside = (element: Element): number => {
      const parent = element.parentElement
      if (parent === null) return 0
      const { display, paddingLeft, paddingRight, columnGap, flexDirection } = getComputedStyle(parent)
      if (!/flex|grid/.test(display) || flexDirection === 'column') return 0
      const box = element.getBoundingClientRect()
      const line = [...parent.children]
        .filter((child) => isShown(child) && child.getBoundingClientRect().width > 0)
        .filter((child) => {
          const other = child.getBoundingClientRect()
          return other.top < box.bottom && other.bottom > box.top
        })
      // In a grid a neighbour's column is not free, also where what stands in it is narrow.
      if (display.includes('grid')) return 0
      const gap = Number.parseFloat(columnGap) || 0
      const used = line.reduce((sum, child) => sum + child.getBoundingClientRect().width, 0) + gap * (line.length - 1)
      const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight)
      return parent.clientWidth - padding - used
    }

    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (isOut(element) || !isShown(element)) continue
      const { textOverflow, overflowX, font, paddingLeft, paddingRight } = getComputedStyle(element)
      const isCut = element.scrollWidth > element.clientWidth + 1
      if (isCut && textOverflow === 'ellipsis' && overflowX !== 'visible' && freeBeside(element) > 24) {
        faults.push(`cut beside free space: ${say(element)}`)
      }
      if (element instanceof HTMLInputElement && element.value === '' && element.placeholder !== '') {
        const context = document.createElement('canvas').getContext('2d')
        if (context !== null) {
          context.font = font
          const roomPx = element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
          if (context.measureText(element.placeholder).width > roomPx + 1) {
            faults.push(`placeholder cut: ${element.placeholder}`)
          }
        }
      }
    }

    // What stands side by side: the cells of a row and what they hold, the bars, the top bar.
    for (const row of document.querySelectorAll('[role=row], .topbar, .viewbar, .forward-head')) {
      if (isOut(row) || !isShown(row)) continue
      const leaves = [...row.querySelectorAll<HTMLElement>('button, input, svg, span, b, bdi, time, h1')].filter(
        (leaf) => isShown(leaf) && !isOut(leaf) && leaf.textContent !== '' && leaf.children.length === 0,
      )
      const boxes = leaves.map((leaf) => {
        // As far as it is drawn: what its ancestors hide takes no room.
        let { left, right } = leaf.getBoundingClientRect()
        const { top, bottom } = leaf.getBoundingClientRect()
        for (let at = leaf.parentElement; at !== null && at !== row.parentElement; at = at.parentElement) {
          if (getComputedStyle(at).overflowX === 'visible') continue
          const clip = at.getBoundingClientRect()
          left = Math.max(left, clip.left)
          right = Math.min(right, clip.right)
        }
        return { leaf, left, right, top, bottom }
      })
      for (const [index, a] of boxes.entries()) {
        for (const b of boxes.slice(index + 1)) {
          if (a.leaf.contains(b.leaf) || b.leaf.contains(a.leaf)) continue
          const isOver =
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
          if (isOver) faults.push(`overlap: ${say(a.leaf)} and ${say(b.leaf)}`)
        }
      }
    }

    // Columns of the instances: none is cut while others have more room than any of their rows needs.
    const rows = [...document.querySelectorAll('.instances .row:not(.group)')].filter(isShown)
    const columns = new Map<string, { slackPx: number; cut: string }>()
    for (const cell of rows.flatMap((row) => [...row.children])) {
      if (!(cell instanceof HTMLElement) || !isShown(cell) || cell.matches('.actions')) continue
      const text = cell.matches('.name') ? (cell.querySelector<HTMLElement>('.cut-off') ?? cell) : cell
      const range = document.createRange()
      range.selectNodeContents(cell)
      const overPx = Math.max(0, text.scrollWidth - text.clientWidth)
      const slackPx = overPx > 0 ? 0 : Math.max(0, cell.clientWidth - range.getBoundingClientRect().width)
      const name = cell.className.split(' ')[0] ?? ''
      const column = columns.get(name) ?? { slackPx: Infinity, cut: '' }
      columns.set(name, {
        slackPx: Math.min(column.slackPx, slackPx),
        cut: overPx > 1 ? (cell.textContent ?? '') : column.cut,
      })
    }
    const slackPx = [...columns.values()].reduce((sum, column) => sum + column.slackPx, 0)
    for (const { cut } of columns.values()) {
      if (cut !== '' && slackPx > 48)
        faults.push(`"${cut}" is cut while columns have ${Math.round(slackPx)} px to spare`)
    }

    for (const dialog of document.querySelectorAll('[role=dialog]')) {
      const { left, right } = dialog.getBoundingClientRect()
      if (left < 0 || right > window.innerWidth) faults.push(`a dialog from ${left} to ${right}`)
    }

    // A head is as wide as its card.
    const head = document.querySelector('.forward-head')?.getBoundingClientRect()
    const card = document.querySelector('.forward-grid')?.getBoundingClientRect()
    if (head !== undefined && card !== undefined && Math.abs(head.right - card.right) > 1 && card.width > 300) {
      faults.push(`head ends at ${head.right}, its card at ${card.right}`)
    }
    for (const banner of document.querySelectorAll('.instances .banner')) {
      const { height } = banner.getBoundingClientRect()
      if (height > 70) faults.push(`a banner of ${Math.round(height)} px`)
    }
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) faults.push('the page scrolls sideways')
    for (const scroller of document.querySelectorAll('.scroll')) {
      if (isShown(scroller) && scroller.scrollWidth > scroller.clientWidth)
        faults.push(`${say(scroller)} scrolls sideways`)
    }
    return faults
  })
}

/** States of forwards that are cut or lie under a button, and words of the status line that lie over each other or go past its end. */
export function stateFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const shown = (elements: Iterable<Element>): Element[] =>
      [...elements].filter((element) => element.getClientRects().length > 0)
    const words = (element: Element): string => (element.textContent ?? '').trim().slice(0, 30)
    const overlap = (one: Element, other: Element): boolean => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()]
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
      return across > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
    }
    for (const row of document.querySelectorAll('.forward-grid > [role=row]')) {
      const buttons = shown(row.querySelectorAll('.remedies button'))
      for (const word of shown(row.querySelectorAll('.fact .word'))) {
        if (word.scrollWidth > word.clientWidth + 1) faults.push(`cut: ${words(word)}`)
        for (const button of buttons) {
          if (overlap(word, button)) faults.push(`${words(word)} lies under ${words(button)}`)
        }
        // As far as the text goes, not the box: a word that is too long runs out of its cell.
        const range = document.createRange()
        range.selectNodeContents(word)
        const text = range.getBoundingClientRect()
        for (const said of shown(row.querySelectorAll('.cause .said, .figures > *, .remedies button'))) {
          const other = said.getBoundingClientRect()
          const isBeside = other.left > text.left && Math.min(text.bottom, other.bottom) > Math.max(text.top, other.top)
          if (isBeside && other.left < text.right + 6) faults.push(`${words(word)} touches ${words(said)}`)
        }
      }
    }
    for (const line of shown(document.querySelectorAll('.statusline'))) {
      const parts = shown(line.children)
      for (const [index, part] of parts.entries()) {
        if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === 'visible') {
          faults.push(`runs over its place: ${words(part)}`)
        }
        if (part.getBoundingClientRect().right > line.getBoundingClientRect().right + 1)
          faults.push(`past the end: ${words(part)}`)
        for (const other of parts.slice(index + 1)) {
          if (overlap(part, other)) faults.push(`${words(part)} lies over ${words(other)}`)
        }
      }
    }
    return faults
  })
}
