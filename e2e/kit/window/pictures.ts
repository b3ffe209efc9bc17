// Pictures of a page at every width that people have, for `npm run screenshots`.

import path from 'node:path'
import type { Page } from '@playwright/test'

const folder = path.resolve(import.meta.dirname, '../../../screenshots')

/** 1280 first: it is the width that the page has before and after. */
const WIDTHS = [1280, 900, 1920] as const

/** Takes the page at each width as `screenshots/NAME-WIDTH.png` and leaves it at 1280. */
export async function takeAll(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    const height = Math.round(width * 0.625)
    await page.setViewportSize({ width, height })
    // Away from rows, whose actions show under the pointer.
    await page.mouse.move(width / 2, height - 1)
    await page.screenshot({ path: path.join(folder, `${name}-${width}.png`) })
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}
