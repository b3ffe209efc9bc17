// A page read by axe as a screen reader would.

import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
}

/** What axe finds on the page as it is now, short enough to be read; by all its rules unless some are named. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // By the debugger, not by a script element: the page's policy lets nothing in.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axePath, 'utf8'))
  return page.evaluate(async (named) => {
    const { axe } = window as unknown as { axe: Axe }
    const found = await axe.run(named === undefined ? {} : { runOnly: named })
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    )
  }, rules)
}
