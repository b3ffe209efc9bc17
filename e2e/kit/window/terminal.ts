// What journeys do in a terminal: connect, type, and run a program that asks its terminal and writes down what it is told.

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, type Page } from '@playwright/test'
import { rowOf } from '../../app'

/** Opens a terminal from an instance's row, and waits until its shell takes input. */
export async function connect(page: Page, instance = 'checkout-api-1'): Promise<void> {
  const tabs = page.getByRole('tab')
  const before = await tabs.count()
  await rowOf(page, instance).getByRole('button', { name: 'Connect' }).click()
  // Until the new terminal is there, an earlier one would pass for it and take what is typed.
  await expect(tabs.nth(before)).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator('.statusline:visible')).toContainText('Connected')
  // The prompt: what is typed before the shell has set up its terminal could be echoed twice.
  await expect(screenOf(page)).toContainText(/[$#]/)
  await expect(page.locator('.xterm-helper-textarea:visible')).toBeFocused()
}

/** Types a line and Enter. */
export async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

/** The text of the terminal in front. */
export function screenOf(page: Page): ReturnType<Page['locator']> {
  return page.locator('.xterm-rows:visible')
}

/** Pastes into the terminal in front, as the browser tells the page of it. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.locator('.xterm-helper-textarea:visible').evaluate((element, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}

/** Moves the pointer to the last place on the screen where a text begins. */
export async function pointAt(page: Page, text: string): Promise<void> {
  await expect(screenOf(page)).toContainText(text)
  const point = await screenOf(page).evaluate((rows, wanted) => {
    const walker = document.createTreeWalker(rows, NodeFilter.SHOW_TEXT)
    let found = { x: 0, y: 0 }
    while (walker.nextNode()) {
      const at = walker.currentNode.textContent?.lastIndexOf(wanted) ?? -1
      if (at < 0) continue
      const range = document.createRange()
      range.setStart(walker.currentNode, at)
      range.setEnd(walker.currentNode, at + 1)
      const { x, y, width, height } = range.getBoundingClientRect()
      found = { x: x + width / 2, y: y + height / 2 }
    }
    return found
  }, text)
  await page.mouse.move(point.x - 1, point.y)
  await page.mouse.move(point.x, point.y)
}

/** Every query that xterm.js answers, and a mode that reports at once. */
const QUERIES = String.raw`\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?6n\x1b[?2004$p\x1b[20$p\x1bP$qm\x1b\\\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x07\x1b]12;?\x07\x1b[?1004h\x1b[?1004l`

/** How many answers those have. */
export const ANSWERS = 13

/** A program in a terminal that writes down what it is told. */
export interface Listener {
  /** The line that runs it: it asks, says `asked 1`, and takes keys: q asks again, b says 3 MB, p takes bracketed pastes, x ends it. */
  readonly command: string
  /** What it has been told so far, with escapes as `^[`. */
  readonly heard: () => Promise<string>
}

/** Makes the program in `home`. */
export async function makeListener(home: string): Promise<Listener> {
  const program = path.join(home, 'listener.mjs')
  const file = path.join(home, 'heard.txt')
  await writeFile(
    program,
    `import { appendFileSync } from 'node:fs'
let round = 0
const ask = () => { round += 1; process.stdout.write('${QUERIES}' + '\\r\\nasked ' + round + '\\r\\n') }
process.stdin.setRawMode(true)
process.stdin.on('data', (bytes) => {
  const text = bytes.toString('latin1')
  appendFileSync(${JSON.stringify(file)}, text.replaceAll('\\x1b', '^['))
  if (text === 'q') ask()
  if (text === 'b') { for (let line = 0; line < 40_000; line += 1) process.stdout.write('line ' + line + ' ' + '.'.repeat(66) + '\\r\\n'); process.stdout.write('said it\\r\\n') }
  if (text === 'p') process.stdout.write('\\x1b[?2004hbracketed\\r\\n')
  if (text === 'x') process.stdout.write('\\x1b[?2004l', () => process.exit())
})
ask()
`,
  )
  return {
    command: `${process.execPath} ${program}`,
    heard: () => readFile(file, 'latin1').catch(() => ''),
  }
}

/** How many answers a text holds: each begins with an escape, and some end with another (`ESC \\`). */
export function countAnswers(text: string): number {
  return text.split(/\^\[(?!\\)/).length - 1
}
