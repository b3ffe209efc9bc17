// Terminals in daily use: searched, split, renamed, reordered, closed after a question and reopened.

import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { show } from './kit/window/window'

async function connect(page: Page, name: string): Promise<void> {
  const tabs = page.getByRole('tab')
  const before = await tabs.count()
  await rowOf(page, name).getByRole('button', { name: 'Connect' }).click()
  await expect(tabs.nth(before)).toHaveAttribute('aria-selected', 'true')
  await ready(page.getByRole('tabpanel'))
}

/** Waits for the prompt of the only pane in `place`, and for the focus. */
async function ready(place: Locator): Promise<void> {
  await expect(place.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect(place.locator('.xterm-helper-textarea:visible')).toBeFocused()
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

const rows = (page: Page): Locator => page.locator('.xterm-rows:visible')
const input = (page: Page): Locator => page.locator('.xterm-helper-textarea:visible')
const question = (page: Page): Locator => page.getByRole('alertdialog')

/** Chooses an item from a terminal's menu; the terminal has the focus again afterwards. */
async function choose(page: Page, name: string | RegExp): Promise<void> {
  await item(page, name).click()
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(input(page)).toBeFocused()
}

const item = (page: Page, name: string | RegExp): Locator => page.getByRole('menuitem', { name })

test('text is found, copied, cleared and saved, its size changes, and a notch of the wheel is three lines', async ({
  app: { page },
  context,
  electron,
}) => {
  if (electron === undefined) await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await connect(page, 'checkout-api-1')
  await type(page, 'for i in 1 2 3; do echo "match-$i Match"; done')
  await expect(rows(page)).toContainText('match-3 Match')

  await page.keyboard.press('Control+Shift+F')
  const bar = page.getByRole('search', { name: 'Find in the terminal' })
  const field = bar.getByRole('textbox', { name: 'Find' })
  const count = bar.getByRole('status')
  await expect(field).toBeFocused()
  await page.keyboard.type('match-[0-9] m')
  await expect(count).toHaveText('No match')
  await bar.getByRole('button', { name: 'Regular expression' }).click()
  await expect(count).toHaveText('3 of 3')
  await bar.getByRole('button', { name: 'Match case' }).click()
  await expect(count).toHaveText('No match')
  await bar.getByRole('button', { name: 'Match case' }).click()
  await field.focus()
  await page.keyboard.press('Shift+Enter')
  await expect(count).toHaveText('2 of 3')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(count).toHaveText('1 of 3')
  /** The text drawn as the current match: the token yellow on the token of the background. */
  const marked = (): Promise<string> =>
    rows(page)
      .locator('.xterm-decoration-top')
      .evaluateAll((spans) => {
        const probe = document.createElement('i')
        probe.style.color = 'var(--term-background)'
        probe.style.backgroundColor = 'var(--ansi-yellow)'
        document.body.append(probe)
        const wanted = getComputedStyle(probe)
        const same = spans.filter((span) => {
          const style = getComputedStyle(span)
          return style.color === wanted.color && style.backgroundColor === wanted.backgroundColor
        })
        const text = same.map((span) => span.textContent).join('')
        probe.remove()
        return text
      })
  await expect.poll(marked).toBe('match-1 M')
  await field.fill('match-[')
  await expect(bar.getByRole('alert')).toContainText('Not a regular expression')
  await field.fill('match-[0-9]')
  await page.keyboard.press('Escape')
  await expect(bar).toBeHidden()
  await expect(input(page)).toBeFocused()
  await expect.poll(marked).toBe('')

  // The match is still selected, so it can be copied.
  await page.keyboard.press('Shift+F10')
  await choose(page, /^Copy/)
  await page.keyboard.type('echo got:')
  await page.locator('.xterm-screen:visible').click({ button: 'right' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `the menu of a terminal, ${colorScheme}`).toEqual([])
  }
  await choose(page, /^Paste/)
  await expect(rows(page)).toContainText(/echo got:match-\d/)
  await page.keyboard.press('Enter')
  await expect(rows(page)).toContainText(/got:match-\dgot:match-\d/)

  await page.keyboard.press('ContextMenu')
  const saving = page.waitForEvent('download')
  await choose(page, 'Save as text')
  const download = await saving
  expect(download.suggestedFilename()).toMatch(/^checkout-api-1 .*\.txt$/)
  const saved = await readFile(await download.path(), 'utf8')
  expect(saved).toContain('match-1 Match\nmatch-2 Match\nmatch-3 Match\n')
  await page.keyboard.press('ContextMenu')
  await choose(page, 'Clear')
  await expect(rows(page)).not.toContainText('match-2')

  const columns = async (): Promise<number> => Number(await page.locator('.screen:visible').getAttribute('data-cols'))
  const before = await columns()
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('Control+=')
  await expect.poll(columns).toBeLessThan(before)
  await page.keyboard.press('Control+0')
  await expect.poll(columns).toBe(before)

  // A full-screen program that prints its input.
  await type(page, String.raw`printf '\033[?1049h'; stty -icanon -echo; cat -v`)
  await expect(rows(page)).not.toContainText('stty')
  await page.locator('.xterm-screen:visible').hover()
  await page.mouse.wheel(0, 120)
  await expect(rows(page)).toContainText('^[[B^[[B^[[B')
  await page.mouse.wheel(0, -120)
  await expect(rows(page)).toContainText('^[[B^[[B^[[B^[[A^[[A^[[A')
  await expect(rows(page)).not.toContainText('^[[A^[[A^[[A^[[A')
})

test('a tab is split, walked through, named, moved, closed with a question and opened again', async ({
  app: { page },
}) => {
  const tabs = page.getByRole('tab')
  await connect(page, 'checkout-api-1')
  await type(page, 'echo left-$((40+1))')
  await page.keyboard.press('Control+Shift+D')
  const panes = page.getByRole('tabpanel').getByRole('group')
  await expect(panes).toHaveCount(2)
  await ready(panes.nth(1))
  await page.keyboard.press('Control+Shift+S')
  await expect(panes).toHaveCount(3)
  await ready(panes.nth(2))
  await type(page, 'echo below-$((40+2))')
  await expect(panes.nth(2).locator('.xterm-rows')).toContainText('below-42')
  await expect(panes.nth(0).locator('.xterm-rows')).toContainText('left-41')
  await expect(panes.nth(0).locator('.xterm-rows')).not.toContainText('below-42')
  await page.keyboard.press('Control+Shift+ArrowLeft')
  await expect(panes.nth(0).locator('.xterm-helper-textarea')).toBeFocused()
  await expect(tabs).toHaveAccessibleName('checkout-api-1, Connected, 3 terminals, Demo')

  const edge = page.getByRole('separator', { name: 'Size of the panes' }).first()
  await edge.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(edge).toHaveAttribute('aria-valuenow', '48')
  await panes
    .nth(1)
    .getByRole('button', { name: /^Menu of the pane/ })
    .click()
  await item(page, 'Find').click()
  await expect(panes.nth(1).getByRole('textbox', { name: 'Find' })).toBeFocused()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `split with its find bar, ${colorScheme}`).toEqual([])
  }
  await page.keyboard.press('Escape')
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()

  // With several panes the question is about one pane: first kept, then closed.
  await page.keyboard.press('Control+Shift+W')
  await expect(question(page)).toContainText('Its session ends')
  await question(page).getByRole('button', { name: 'Keep' }).click()
  await expect(panes).toHaveCount(3)
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()
  await page.keyboard.press('Control+Shift+F')
  await page.keyboard.type('demo')
  await page.keyboard.press('Control+Shift+W')
  await question(page).getByRole('button', { name: 'End session' }).click()
  await expect(panes).toHaveCount(2)
  await expect(panes.nth(1).locator('.xterm-rows')).toContainText('below-42')
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()

  await tabs.dblclick()
  await page.getByRole('textbox', { name: 'Name of the tab' }).fill('triage')
  await page.keyboard.press('Enter')
  await expect(tabs).toHaveAccessibleName('triage, Connected, 2 terminals, Demo')
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()

  // A reload keeps the names and the layout of the tabs.
  await page.reload()
  await expect(tabs).toHaveAccessibleName('triage, Connected, 2 terminals, Demo')
  await expect(panes.nth(1).locator('.xterm-rows')).toContainText('below-42')
  await expect(edge).toHaveAttribute('aria-valuenow', '48')

  await connect(page, 'web-2')
  await tabs.nth(0).dragTo(tabs.nth(1), { targetPosition: { x: 60, y: 10 } })
  await expect(tabs.nth(1)).toHaveAccessibleName(/^triage/)
  await input(page).first().focus()
  await page.keyboard.press('Control+Shift+PageDown')
  await expect(tabs.nth(1)).toHaveAccessibleName(/^web-2/)
  await page.keyboard.press('Alt+1')
  await expect(tabs.nth(0)).toHaveAttribute('aria-selected', 'true')
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()
  // Pressing the current tab leaves the focus in its terminal.
  await tabs.nth(0).click()
  await expect(panes.nth(1).locator('.xterm-helper-textarea')).toBeFocused()

  await tabs.nth(0).click({ button: 'right' })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `the menu of a tab, ${colorScheme}`).toEqual([])
  }
  await item(page, /^Colour of/).press('ArrowRight')
  await page.getByRole('menuitemcheckbox', { name: 'Pink' }).press('Enter')
  await expect(tabs.nth(0).locator('.hue')).toHaveClass(/pink/)
  await expect(page.locator('.topbar .hue')).toHaveClass(/pink/)

  await tabs.nth(0).click({ button: 'right' })
  await item(page, /^Close/).click()
  await expect(question(page)).toContainText('Its 2 sessions end')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `the question, ${colorScheme}`).toEqual([])
  }
  await question(page).getByRole('button', { name: 'End sessions' }).click()
  await expect(tabs).toHaveCount(1)
  await expect(input(page)).toBeFocused()
  await page.keyboard.press('Control+Shift+Y')
  await expect(tabs.nth(1)).toHaveAccessibleName('triage, Connected, 2 terminals, Demo')
  await expect(panes.nth(1).locator('.xterm-rows')).toContainText(/[$#]/)
  await expect(panes.nth(1).locator('.xterm-rows')).not.toContainText('below-42')

  // The end of a terminal is reported once, with its cause; closing it asks nothing.
  await page.keyboard.press('Alt+1')
  await type(page, 'exit')
  await expect(tabs.nth(0)).toHaveAccessibleName(/^web-2, Ended/)
  await expect(
    page
      .getByRole('region', { name: 'Terminals' })
      .getByText(/Ended \d/)
      .filter({ visible: true }),
  ).toHaveCount(1)
  await expect(page.getByRole('status').filter({ hasText: 'The shell exited.' })).toBeVisible()
  await page.keyboard.press('Control+Shift+W')
  await expect(tabs).toHaveCount(1)

  // Turns the question off in the settings.
  await show(page, 'Settings')
  await page.getByRole('switch', { name: 'Ask before closing a terminal' }).click()
  await page.getByRole('button', { name: /^Close terminal triage/ }).click()
  await expect(tabs).toHaveCount(0)
})
