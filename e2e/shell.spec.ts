import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'

const INSTANCE = 'checkout-api-1'

async function connect(page: Page): Promise<void> {
  const tabs = page.getByRole('tab')
  const before = await tabs.count()
  await rowOf(page, INSTANCE).getByRole('button', { name: 'Connect' }).click()
  // Until the new terminal is current, an earlier one could be mistaken for it and receive the typed text.
  await expect(tabs.nth(before)).toHaveAttribute('aria-selected', 'true')
  await expect(page.locator('.statusline:visible')).toContainText('Connected')
  // Waits for the prompt: text typed before the shell has set up its terminal could be echoed twice.
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect(page.locator('.xterm-helper-textarea:visible')).toBeFocused()
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

test('a shell runs what is typed and shows what it says', async ({ app: { page } }) => {
  await connect(page)
  await type(page, 'echo hello-$((40+2))')
  await expect(page.locator('.xterm-rows')).toContainText('hello-42')
})

test('the shell has the size of its screen at once and after the window has changed', async ({ app: { page } }) => {
  await connect(page)
  const screen = page.locator('[data-terminal-id]')
  const size = async (): Promise<string> =>
    `${await screen.getAttribute('data-rows')} ${await screen.getAttribute('data-cols')}`
  const first = await size()
  await type(page, 'echo "size=$(stty size)."')
  await expect(page.locator('.xterm-rows')).toContainText(`size=${first}.`)
  expect(first).not.toBe('24 80')

  await page.setViewportSize({ width: 1000, height: 700 })
  await expect.poll(size).not.toBe(first)
  // The window is resized in steps, so the size is read again each time.
  await expect(async () => {
    await type(page, 'clear; echo "size=$(stty size)."')
    await expect(page.locator('.xterm-rows')).toContainText(`size=${await size()}.`, { timeout: 2_000 })
  }).toPass()
})

for (const scheme of ['light', 'dark'] as const) {
  test(`coloured output has the colour of the ${scheme} tokens under the page's policy`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await connect(page)
    await type(page, String.raw`printf '\033[31mRE%s\033[0m\n' D!`)
    const red = page.locator('.xterm-rows span', { hasText: /^RED!$/ })
    await expect(red).toBeVisible()
    const [shown, token] = await red.evaluate((span) => {
      const probe = document.createElement('i')
      probe.style.color = 'var(--ansi-red)'
      document.body.append(probe)
      const colours = [getComputedStyle(span).color, getComputedStyle(probe).color]
      probe.remove()
      return colours
    })
    expect(shown).toBe(token)
  })
}

test('colours beyond the palette come through the policy, raised to a readable contrast', async ({ app: { page } }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await connect(page)
  await type(page, String.raw`printf '\033[48;2;10;120;30mGREE%s\033[0m \033[38;2;250;250;240mPAL%s\033[0m\n' N E`)
  const green = page.locator('.xterm-rows span', { hasText: /^GREEN$/ })
  await expect(green).toHaveCSS('background-color', 'rgb(10, 120, 30)')
  const pale = page.locator('.xterm-rows span', { hasText: /^PALE$/ })
  const shown = await pale.evaluate((span) => getComputedStyle(span).color)
  const [red = 255] = (/\d+/g.exec(shown) ?? []).map(Number)
  expect(red).toBeLessThan(150)
})

test('the keyboard gets out of a terminal by Ctrl+Shift+M and back, and walks through the tabs', async ({
  app: { page },
}) => {
  await connect(page)
  const input = page.locator('.xterm-helper-textarea:visible')
  await expect(input).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(input).toBeFocused()
  await page.keyboard.press('Control+Shift+M')
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('button', { name: `Close terminal ${INSTANCE}` })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(input).toBeFocused()
  await page.keyboard.press('Control+Shift+M')
  await page.keyboard.press('Tab')
  await expect(input).toBeFocused()

  await connect(page)
  await page.keyboard.press('Control+Shift+M')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  await expect(page.getByRole('tab').nth(1)).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('tab').nth(0)).toBeFocused()
  await expect(page.getByRole('tab').nth(0)).toHaveAttribute('aria-selected', 'true')
})

for (const width of [1280, 1024, 940]) {
  test(`every Connect button is in sight at ${width} pixels, beside a terminal as well`, async ({ app: { page } }) => {
    await page.setViewportSize({ width, height: 800 })
    const row = rowOf(page, INSTANCE)
    for (const isNarrow of [false, true]) {
      if (isNarrow) await connect(page)
      for (const name of ['Connect', 'New forward']) {
        await expect(row.getByRole('button', { name })).toBeInViewport({ ratio: 1 })
      }
    }
  })
}

test('two terminals keep their output apart, and closing one ends only that one', async ({ app: { page } }) => {
  await connect(page)
  await type(page, 'echo first-$((1+1))')
  await expect(page.locator('.xterm-rows:visible')).toContainText('first-2')
  await connect(page)
  await type(page, 'echo second-$((1+1))')
  await expect(page.locator('.xterm-rows:visible')).toContainText('second-2')
  await expect(page.locator('.xterm-rows:visible')).not.toContainText('first-2')

  await page
    .getByRole('button', { name: `Close terminal ${INSTANCE}` })
    .last()
    .click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End session' }).click()
  await expect(page.getByRole('tab')).toHaveCount(1)
  await expect(page.locator('.xterm-rows:visible')).toContainText('first-2')
  await type(page, 'echo still-$((1+1))')
  await expect(page.locator('.xterm-rows:visible')).toContainText('still-2')
})

test('a shell that ends says so, keeps its last screen, and Enter begins another one under it', async ({
  app: { page },
}) => {
  await connect(page)
  await type(page, 'echo bye-$((40+2)); exit')
  await expect(page.getByRole('tab', { name: /^checkout-api-1, Ended/ })).toBeVisible()
  await expect(page.locator('.xterm-rows')).toContainText('bye-42')
  await page.locator('.xterm-helper-textarea').focus()
  await page.keyboard.press('Enter')
  await expect(page.locator('.statusline')).toContainText('Connected')
  await expect(page.locator('.xterm-rows')).toContainText('bye-42')
  await type(page, 'echo anew-$((40+3))')
  await expect(page.locator('.xterm-rows')).toContainText('anew-43')
})

test('a reloaded page takes its terminals up again, with what they had said', async ({ app: { page } }) => {
  await connect(page)
  await type(page, 'echo before-$((40+1))')
  await expect(page.locator('.xterm-rows')).toContainText('before-41')
  await page.reload()
  await expect(page.locator('.statusline')).toContainText('Connected')
  await expect(page.locator('.xterm-rows')).toContainText('before-41')
  await page.locator('.xterm-screen').click()
  await type(page, 'echo again-$((40+2))')
  await expect(page.locator('.xterm-rows')).toContainText('again-42')
})

test('an instance that no session can reach says why and opens no terminal', async ({ app: { page } }) => {
  for (const [name, reason] of [
    ['search-indexer', 'Agent offline'],
    ['load-generator', 'Stopped'],
  ] as const) {
    const row = rowOf(page, name)
    await expect(row).toContainText(reason)
    const button = row.getByRole('button', { name: 'Connect' })
    await expect(button).toBeDisabled()
    await button.dispatchEvent('click')
  }
  await expect(page.getByRole('tab')).toHaveCount(0)
})
