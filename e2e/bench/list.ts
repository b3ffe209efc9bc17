// The page with a large account: loading, the first rows, and a keystroke of the filter, with 100,000 sessions and with 10,000 instances.
//
// A real browser over the built web host and the simulator. The first rows are timed from the switch to a view. A keystroke is told as the
// processor time of the page until its rows are drawn, and as the time until the letter is; both beside the same with the sessions of
// one day.

import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { chromium, type CDPSession, type Page } from '@playwright/test'
import { startSimulator } from '../../electron/simulator/simulator'
import { findChromium } from '../chromium'
import { launchWeb } from '../kit/window/host'

const [, , SESSIONS = 100_000, INSTANCES = 10_000] = process.argv.map(Number)
const WORDS = ['w', 'we', 'web', 'web-', 'web-1', '']
const LOAD_MS = 600_000

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What a keystroke takes, ms. */
interface Keystroke {
  /** The page's main thread, until the rows that match are drawn. */
  readonly busyMs: number
  /** From the event to the frame with the letter. */
  readonly letterMs: number
}

/** How long the page's main thread has been busy so far, ms. */
async function busyMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** The middle one of the keystrokes of a word, after a first round that warms the page. */
async function keystroke(page: Page, devtools: CDPSession): Promise<Keystroke> {
  const busy: number[] = []
  const letters: number[] = []
  for (const [index, word] of [...WORDS, ...WORDS].entries()) {
    const before = await busyMs(devtools)
    const letterMs = await page.evaluate(async (value) => {
      const input = document.querySelector<HTMLInputElement>('[data-view-filter]')
      if (input === null) throw new Error('the view has no filter')
      input.focus()
      input.select()
      const startedAt = performance.now()
      document.execCommand(value === '' ? 'delete' : 'insertText', false, value)
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      const drawnMs = performance.now() - startedAt
      // The rows follow the letter.
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
      return drawnMs
    }, word)
    if (index < WORDS.length) continue
    busy.push((await busyMs(devtools)) - before)
    letters.push(letterMs)
  }
  return { busyMs: middle(busy), letterMs: middle(letters) }
}

const keystrokeWords = ({ busyMs: busy, letterMs: letter }: Keystroke): string =>
  `a keystroke of the filter ${busy.toFixed(0)} ms of processor, its letter after ${letter.toFixed(0)} ms`

/** From a press in the rail to the first row, ms. */
async function paint(page: Page, view: string): Promise<number> {
  return page.evaluate(async (name) => {
    const items = [...document.querySelectorAll<HTMLElement>('.rail .item')]
    const startedAt = performance.now()
    items.find((item) => item.textContent.startsWith(name))?.click()
    while (document.querySelector(`.${name.toLowerCase()} [role=rowheader]`) === null) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    return performance.now() - startedAt
  }, view)
}

/** How many sessions the page says have ended. */
async function endedCount(page: Page): Promise<number> {
  const text = (await page.getByRole('radio', { name: /^Ended/ }).textContent()) ?? ''
  return Number(text.replaceAll(/\D/g, ''))
}

const home = await mkdtemp(path.join(os.tmpdir(), 'culvert-bench-'))
await using simulator = await startSimulator({ instances: INSTANCES, sessions: SESSIONS, hasOtherPeople: false })
const { endpointUrl, region, credentials } = simulator
const host = await launchWeb({
  home,
  args: ['--endpoint-url', endpointUrl, '--region', region],
  env: {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  },
})
const browser = await chromium.launch(await findChromium())
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await host.show(page)
  const devtools = await page.context().newCDPSession(page)
  // Time of the processor, so that other programs of the machine do not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const count = page.getByRole('navigation').getByRole('button', { name: /^Instances, \d{3,}$/ })
  await count.waitFor({ timeout: LOAD_MS })
  say(`${INSTANCES} instances: ${keystrokeWords(await keystroke(page, devtools))}`)
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Sessions/ })
    .click()
  await page.getByRole('radio', { name: /^Ended [1-9]/ }).click({ timeout: LOAD_MS })
  await page.getByRole('button', { name: 'Load 30 days' }).waitFor({ timeout: LOAD_MS })
  const dayCount = await endedCount(page)
  const day = await keystroke(page, devtools)
  say(`${dayCount} sessions of a day: ${keystrokeWords(day)}`)
  const [loadedAt, busyBefore] = [performance.now(), await busyMs(devtools)]
  await page.getByRole('button', { name: 'Load 30 days' }).click()
  await page.getByText(/All sessions that AWS keeps are loaded|The list is full/).waitFor({ timeout: LOAD_MS })
  const wholeCount = await endedCount(page)
  say(
    `${wholeCount} sessions of 30 days: loaded in ${((performance.now() - loadedAt) / 1_000).toFixed(1)} s, ` +
      `${(((await busyMs(devtools)) - busyBefore) / 1_000).toFixed(1)} s of processor of the page`,
  )
  const whole = await keystroke(page, devtools)
  const times = (whole.busyMs / day.busyMs).toFixed(1)
  say(
    `${wholeCount} sessions: ${keystrokeWords(whole)} (${times} times that of a day, for ` +
      `${(wholeCount / dayCount).toFixed(0)} times the sessions)`,
  )
  await paint(page, 'Instances')
  say(`${wholeCount} sessions: first row ${(await paint(page, 'Sessions')).toFixed(0)} ms after the switch`)
} finally {
  await browser.close()
  await host.stop()
  await rm(home, { recursive: true, force: true })
}
