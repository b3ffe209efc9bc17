// Output, pastes and other windows cannot harm a terminal.

import type { Page } from '@playwright/test'
import { expect, test } from './app'
import { violations } from './kit/window/axe'
import { ANSWERS, connect, countAnswers, makeListener, paste, pointAt, screenOf, type } from './kit/window/terminal'

test('queries are answered once: not again after a reload or in a second window, and by the window that was used last', async ({
  app: { page, host, home },
  context,
}) => {
  const listener = await makeListener(home)
  const heard = async (): Promise<number> => countAnswers(await listener.heard())
  await connect(page)
  await type(page, listener.command)
  await expect(screenOf(page)).toContainText('asked 1')
  await expect.poll(heard).toBe(ANSWERS)

  // A second window and a reload draw the same output again. The key is typed after any answers that they might send.
  const other = await host.show(await context.newPage())
  await expect(screenOf(other)).toContainText('asked 1')
  await page.reload()
  await expect(screenOf(page)).toContainText('asked 1')
  await page.locator('.xterm-helper-textarea:visible').focus()
  await page.keyboard.press('k')
  await expect.poll(listener.heard).toMatch(/k$/)
  expect(await heard()).toBe(ANSWERS)

  // The window used last holds the terminal; the other one says so and can take it over.
  await expect(other.getByText('Another window uses this terminal.')).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await other.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(other), `a terminal of another window, ${colorScheme}`).toEqual([])
  }
  await other.setViewportSize({ width: 1000, height: 700 })
  const sizeOf = (window: typeof page) => window.locator('.screen:visible').getAttribute('data-cols')
  const wide = await sizeOf(page)
  expect(await sizeOf(other)).toBe(wide)
  await other.getByRole('button', { name: 'Use here' }).click()
  await expect(page.getByText('Another window uses this terminal.')).toBeVisible()
  await expect(other.getByText('Another window uses this terminal.')).toBeHidden()
  await expect.poll(() => sizeOf(page)).not.toBe(wide)
  expect(await sizeOf(other)).toBe(await sizeOf(page))
  await expect(other.locator('.xterm-helper-textarea:visible')).toBeFocused()
  await other.keyboard.press('q')
  await expect(screenOf(other)).toContainText('asked 2')
  await expect(screenOf(page)).toContainText('asked 2')
  await expect.poll(heard).toBe(2 * ANSWERS)
  await other.keyboard.press('l')
  await expect.poll(listener.heard).toMatch(/l$/)
  expect(await heard()).toBe(2 * ANSWERS)

  // Text typed while three megabytes are drawn again arrives.
  await other.keyboard.press('b')
  await expect(screenOf(other)).toContainText('said it')
  await other.reload()
  await other.locator('.xterm-helper-textarea:visible').focus()
  await other.keyboard.press('m')
  await expect.poll(listener.heard).toMatch(/m$/)
  await expect(screenOf(other)).toContainText('said it')
  expect(await heard()).toBe(2 * ANSWERS)
  await other.keyboard.press('x')
  await expect(screenOf(other)).toContainText(/said it.*[$#]/)
})

test('sequences with endless counts and a replay that did not end cost no more than a screen', async ({
  app: { page },
}) => {
  await connect(page)
  await type(page, String.raw`printf 'x\033[2147483647b\033[2147483647L\033[2147483647M\033[2147483647S'`)
  await type(page, String.raw`printf '\033[2147483647T\033[2147483647Z\033[2147483647I\302\233999999999b'; echo`)
  await type(page, 'clear; echo alive-$((40+2))')
  await expect(screenOf(page)).toContainText('alive-42')
  await page.reload()
  await expect(screenOf(page)).toContainText('alive-42')

  // The state that a page leaves if it is closed by force while drawing.
  const id = await page.locator('.screen:visible').getAttribute('data-terminal-id')
  await page.addInitScript((key) => {
    if (location.protocol !== 'about:') sessionStorage.setItem(key, '1000000')
  }, `culvert.drawing.${id}`)
  await page.reload()
  await expect(screenOf(page)).toContainText('Earlier output is not shown')
  await page.locator('.xterm-helper-textarea:visible').focus()
  await type(page, 'echo again-$((40+3))')
  await expect(screenOf(page)).toContainText('again-43')
})

test('a paste runs nothing unseen, and links show their target and open by a modifier', async ({
  app: { page, home },
  context,
}) => {
  const listener = await makeListener(home)
  await connect(page)
  await type(page, listener.command)
  await expect(screenOf(page)).toContainText('asked 1')
  // A key that arrives together with an answer would not be recognised as a key.
  await expect.poll(async () => countAnswers(await listener.heard())).toBe(ANSWERS)
  await page.keyboard.press('p')
  await expect(screenOf(page)).toContainText('bracketed')
  await paste(page, 'echo a\u001B[201~\u0003\n\techo b\u009B201~\n')
  // Only the terminal may send the end of a bracketed paste.
  await expect.poll(listener.heard).toMatch(/p\^\[\[200~echo a\[201~\r\techo b201~\r\^\[\[201~$/)
  await page.keyboard.press('x')
  await expect(screenOf(page)).toContainText(/bracketed.*[$#]/)

  // cat does not use bracketed paste: each line would be run.
  await type(page, 'clear; cat')
  await expect(screenOf(page)).toContainText(/^\s*$/)
  await paste(page, 'one\ntwo\nthree')
  const question = page.getByRole('dialog', { name: 'Paste 3 lines into checkout-api-1?' })
  await expect(question).toContainText('two')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `the question about a paste, ${colorScheme}`).toEqual([])
  }
  await question.getByRole('button', { name: 'Don’t paste' }).click()
  await expect(question).toBeHidden()
  await expect(page.locator('.xterm-helper-textarea:visible')).toBeFocused()
  await paste(page, 'four\nfive\n')
  await page.getByRole('button', { name: 'Paste 2 lines' }).click()
  // Each line appears as typed and as printed by cat.
  await expect(screenOf(page)).toContainText(/four.*five.*four.*five|four.*four.*five.*five/s)
  expect(await screenOf(page).textContent()).not.toContain('two')
  await page.keyboard.press('Control+C')

  const link = String.raw`\033]8;;%s\033\\%s\033]8;;\033\\ `
  await type(
    page,
    `clear; printf '${link}${link}http://localhost:9/plain\\n' http://localhost:9/target GOOD 'javascript:alert(1)' EVIL; printf ''`,
  )
  await expect(screenOf(page)).toContainText(/^GOOD EVIL/)
  const target = page.locator('.link-target')
  await pointAt(page, 'GOOD')
  await expect(target).toContainText('http://localhost:9/target')
  await page.mouse.down()
  await page.mouse.up()
  const opened = context.waitForEvent('page')
  await page.keyboard.down('Control')
  await page.mouse.down()
  await page.mouse.up()
  await page.keyboard.up('Control')
  await (await opened).close()
  expect(context.pages()).toHaveLength(1)
  await pointAt(page, 'plain')
  await expect(target).toContainText('http://localhost:9/plain')
  // Addresses with other schemes are no links.
  await pointAt(page, 'EVIL')
  await expect(target).toBeHidden()
})

/** The colours of the page at several points, as `r,g,b`. */
async function pixels(page: Page, places: readonly { readonly x: number; readonly y: number }[]): Promise<string[]> {
  const base64 = (await page.screenshot()).toString('base64')
  return page.evaluate(
    async ({ image, at }) => {
      const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true })
      context?.drawImage(bitmap, 0, 0)
      return at.map(({ x, y }) =>
        [...(context?.getImageData(Math.round(x), Math.round(y), 1, 1).data ?? [])].slice(0, 3).join(),
      )
    },
    { image: base64, at: places },
  )
}

const PALETTE = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
const TOKENS = [...PALETTE.map((name) => `--ansi-${name}`), ...PALETTE.map((name) => `--ansi-bright-${name}`)]

/** The colours of several tokens, as `r,g,b`. */
function tokenColours(page: Page, tokens: readonly string[]): Promise<string[]> {
  return page.evaluate(
    (names) =>
      names.map((name) => {
        const probe = document.createElement('i')
        probe.style.color = `var(${name})`
        document.body.append(probe)
        const colour = getComputedStyle(probe).color
        probe.remove()
        return (/\d+, \d+, \d+/.exec(colour)?.[0] ?? '').replaceAll(' ', '')
      }),
    tokens,
  )
}

test('colours, inverse text and frames are exact, and a line of wide characters can be edited in bash', async ({
  app: { page },
}) => {
  await connect(page)
  const blocks = TOKENS.map((_, index) => String.raw`\033[48;5;${index}m    `).join('')
  await type(page, `clear; printf '${blocks}\\033[0m\\n\\033[7mINV\\033[0m\\033[7;31mRED\\033[0m\\n│\\n│\\n│\\n'`)
  await expect(screenOf(page)).toContainText('INVRED')
  // The cursor is at none of these points.
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const [background = '', foreground = '', ...ansi] = await tokenColours(page, [
      '--term-background',
      '--term-foreground',
      ...TOKENS,
    ])
    const cols = Number(await page.locator('.screen:visible').getAttribute('data-cols'))
    const first = await page.locator('.xterm-rows:visible > div').first().boundingBox()
    const { x = 0, y = 0, width = 0, height = 0 } = first ?? {}
    expect(height).toBeGreaterThanOrEqual(17)
    expect(height).toBeLessThanOrEqual(18)
    const cell = width / cols
    const frame = Array.from({ length: 3 * height }, (_, dy) => ({ x: x + cell / 2, y: y + 2 * height + dy }))
    const blockPlaces = TOKENS.map((_, index) => ({ x: x + (4 * index + 2) * cell, y: y + height / 2 }))
    await expect
      .poll(async () => (await pixels(page, blockPlaces)).join(' '), { message: `the palette, ${colorScheme}` })
      .toBe(ansi.join(' '))
    // Inverse text has the background's colour, whatever is behind it.
    const inverse = page.locator('.xterm-rows:visible span', { hasText: /^(INV|RED)$/ })
    const shown = await inverse.evaluateAll((spans) =>
      spans.map((span) => {
        const { color, backgroundColor } = getComputedStyle(span)
        return [color, backgroundColor].map((colour) => colour.replace(/[^\d,]/g, ''))
      }),
    )
    expect(shown, `inverse, ${colorScheme}`).toEqual([
      [background, foreground],
      [background, ansi[1]],
    ])
    const gaps = (await pixels(page, frame)).filter((colour) => colour === background)
    expect(gaps, `a frame without gaps, ${colorScheme}`).toEqual([])
  }

  await type(page, "LC_ALL=C.UTF-8 PS1='> ' bash --norc --noprofile")
  await expect(screenOf(page)).toContainText(/> \s*$/)
  await page.keyboard.type('clear')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText('echo a😀漢z')
  await expect(screenOf(page)).toContainText('漢')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Enter')
  // bash moves back two cells for each: the width on screen equals the width that bash assumes.
  await expect(screenOf(page)).toContainText(/> echo az\s*az/)
})
