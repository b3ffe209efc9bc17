// A terminal through random cuts, reloads, resizes and switches: all output is shown, and all typed text arrives.
//
// CULVERT_FUZZ_STEPS (10, or 50 in the long suite) and CULVERT_FUZZ_SEED choose the script; a failure reports both.

import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { expect, test } from './app'
import { login } from './kit/aws/profile'
import { seededRandom } from './kit/random'
import { connect, screenOf, type } from './kit/window/terminal'

const STEPS = Number(process.env['CULVERT_FUZZ_STEPS'] ?? 10)

/** After several cuts in a row the waits grow, up to half a minute. */
const PATIENCE = { timeout: 150_000 }

/** Counts ten times per second on one line, and prints the typed text on the next. */
const PROGRAM = `let count = 0
let told = ''
process.stdin.setRawMode(true)
process.stdin.on('data', (bytes) => {
  for (const character of bytes.toString()) {
    if (character === '\\r') { process.stdout.write('\\r\\ntold ' + told + '.\\r\\n'); told = '' }
    else told += character
  }
})
setInterval(() => process.stdout.write('\\rcount ' + (count += 1) + '.  '), 100)
`

/** The newest number of the counter on the screen. */
async function countOn(page: Page): Promise<number> {
  const text = (await screenOf(page).textContent()) ?? ''
  return Math.max(0, ...[...text.matchAll(/count (\d+)\./g)].map(([, count]) => Number(count)))
}

/** The newest number. Presses "Retry now" while the terminal waits, as a person would, unless `isPatient`. */
async function lookAt(page: Page, isPatient: boolean): Promise<number> {
  const retry = page.locator('.over-screen:visible').getByRole('button', { name: 'Retry now' })
  // The button may disappear at this moment.
  if (!isPatient && (await retry.isVisible())) await retry.click({ timeout: 2_000 }).catch(() => undefined)
  return countOn(page)
}

type Step = (stage: {
  readonly page: Page
  readonly simulator: Simulator
  readonly pick: (below: number) => number
}) => Promise<void>

const CUTS = ['close-1000', 'rst', 'fin'] as const

/** The counter's shell is the first session. */
const steps: Readonly<Record<string, Step>> = {
  cut: async ({ simulator, pick }) => simulator.cut(simulator.sessions()[0]!.id, CUTS[pick(CUTS.length)]),
  'cut twice, the first resume refused': async ({ simulator, pick }) => {
    simulator.failNext('ResumeSession', { code: 'Unforeseen' })
    simulator.cut(simulator.sessions()[0]!.id, CUTS[pick(CUTS.length)])
  },
  'an outage of some seconds': async ({ page, simulator, pick }) => {
    for (let refused = 0; refused < 4; refused += 1) simulator.failNext('ResumeSession', { code: 'Unforeseen' })
    simulator.cut(simulator.sessions()[0]!.id, CUTS[pick(CUTS.length)])
    await expect(page.locator('.over-screen:visible .banner')).toContainText('Reconnecting')
  },
  'cut and reload': async ({ page, simulator }) => {
    simulator.cut(simulator.sessions()[0]!.id, 'rst')
    await page.reload()
  },
  reload: async ({ page }) => {
    await page.reload()
  },
  resize: ({ page, pick }) => page.setViewportSize({ width: 1000 + 40 * pick(10), height: 620 + 30 * pick(10) }),
  'another tab and back': async ({ page }) => {
    await page.getByRole('tab').nth(1).click()
    await expect(screenOf(page)).toContainText(/[$#]/)
  },
  'hide and show': async ({ page }) => {
    await page.getByRole('button', { name: 'Hide terminals' }).click()
  },
}

test('a terminal goes through random steps, and nothing is lost', async ({ start, home }) => {
  test.setTimeout(60_000 * Math.max(5, STEPS))
  const seed = Number(process.env['CULVERT_FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9))
  const random = seededRandom(seed)
  const pick = (below: number): number => Math.floor(random() * below)
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  await login(home, simulator)
  const program = path.join(home, 'counter.mjs')
  await writeFile(program, PROGRAM)
  const { page } = await start({ args: ['--profile', 'work', '--endpoint-url', simulator.endpointUrl] })
  await connect(page)
  await connect(page, 'web-2')
  await page.getByRole('tab').first().click()
  await type(page, `${process.execPath} ${program}`)
  await expect.poll(() => countOn(page)).toBeGreaterThan(0)
  const names = Object.keys(steps)
  const done: string[] = []
  for (let index = 0; index < STEPS; index += 1) {
    const name = names[pick(names.length)] ?? 'cut'
    done.push(name)
    await test.step(name, async () => {
      const before = await countOn(page)
      // A long script also checks that the terminal reconnects by itself.
      const isPatient = STEPS > 10 && index % 8 === 7
      const rows = await page.locator('.screen:visible').getAttribute('data-rows')
      await steps[name]?.({ page, simulator, pick })
      const dock = page.getByRole('button', { name: 'Show terminals' })
      if (await dock.isVisible()) await dock.click()
      await page.getByRole('tab').first().click()
      const why = `seed ${seed}, ${STEPS} steps: after ${done.join(', ')}`
      await expect.poll(() => lookAt(page, isPatient), { ...PATIENCE, message: why }).toBeGreaterThan(before)
      // The banner lies over the screen, so an outage does not resize the shell.
      if (name.startsWith('cut') || name.startsWith('an outage'))
        expect(await page.locator('.screen:visible').getAttribute('data-rows'), why).toBe(rows)
      await page.locator('.xterm-helper-textarea:visible').focus()
      const nonce = `n${index}x${pick(1e6)}`
      await type(page, nonce)
      // The cut may be noticed after the step: a reset is noticed with the next byte.
      const told = async (): Promise<string> => {
        await lookAt(page, isPatient)
        return (await screenOf(page).textContent()) ?? ''
      }
      await expect.poll(told, { ...PATIENCE, message: why }).toContain(`told ${nonce}.`)
    })
  }
  expect(simulator.sessions()).toHaveLength(2)
})
