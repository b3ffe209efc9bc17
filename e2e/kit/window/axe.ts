// A page read by axe as a screen reader would.

import { createRequire } from 'node:module'
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>
}

/** What axe finds on the page once it has stopped moving, short enough to be read; by all its rules unless some are named. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // By the debugger, not by a script element: the page's policy lets nothing in.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axePath, 'utf8'))
  return page.evaluate(async (named) => {
    // A part that is still fading in has too little contrast. A countdown is a long animation, which is not waited for.
    const short = document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().endTime) < 1_000)
    await Promise.allSettled(short.map(({ finished }) => finished))
    const { axe } = window as unknown as { axe: Axe }
    const found = await axe.run(named === undefined ? {} : { runOnly: named })
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    )
  }, rules)
}
