// The Demo at first sight: its description, its ready forwards, and the outages that a person can try.

import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { stateFaults } from './kit/window/layout'
import { show } from './kit/window/window'

test.use({ hasReadyForwards: true })

const strip = (page: Page) => page.getByRole('region', { name: 'Demo', exact: true })
const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}, `) })

async function read(page: Page, name: string): Promise<string> {
  const port = Number(/localhost:(\d+)/.exec((await row(page, name).textContent()) ?? '')?.[1])
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return response.text()
}

async function expectClean(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), `${what}, ${colorScheme}`).toEqual([])
  }
}

test('the Demo says what is real, has forwards that answer, and shows what an outage does', async ({
  app: { page },
}) => {
  await expect(strip(page)).toContainText('The instances are made up; shells and ports are real')
  await strip(page).getByRole('button', { name: 'More' }).click()
  await expect(strip(page)).toContainText('Nothing is sent to AWS')
  await expect(strip(page)).toContainText('can reach your files')
  await expectClean(page, 'the strip')
  await strip(page).getByRole('button', { name: 'Less' }).press('Enter')
  await expect(strip(page)).not.toContainText('Nothing is sent to AWS')

  await test.step('beside terminals, and in a narrow window, it is one line', async () => {
    await rowOf(page, 'reports-win-1').getByRole('button', { name: 'Connect' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText('PS C:\\Windows\\system32>')
    await page.setViewportSize({ width: 900, height: 700 })
    expect((await strip(page).boundingBox())?.height).toBeLessThan(42)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  await show(page, 'Forwards')
  for (const name of ['demo-echo', 'demo-page', 'demo-redis', 'demo-refused']) {
    await expect(row(page, name)).toContainText('Off')
  }
  await page.getByRole('switch', { name: 'Turn demo-page on' }).click()
  await expect(row(page, 'demo-page')).toContainText('Up')
  expect(await read(page, 'demo-page')).toContain('<h1>intranet.internal</h1>')

  await test.step('cut: a sentence says what was done', async () => {
    await strip(page).getByRole('button', { name: 'Try an outage' }).click()
    await expect(page.getByRole('menuitem')).toHaveCount(3)
    await expectClean(page, 'the menu of outages')
    await page.getByRole('menuitem', { name: /Cut the connections/ }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Every connection of the Demo was cut.' })).toBeAttached()
    await expect(row(page, 'demo-page')).toContainText('Up')
  })

  await test.step('a minute without network, by the keyboard alone, ended early', async () => {
    await strip(page).getByRole('button', { name: 'Try an outage' }).press('Enter')
    await page.getByRole('menuitem', { name: /A minute without network/ }).press('Enter')
    await expect(strip(page)).toContainText('The Demo has no network.')
    await expect(strip(page)).toContainText(/\d+ s left/)
    await expect(row(page, 'demo-page')).toContainText('Reconnecting')
    const end = strip(page).getByRole('button', { name: 'End now' })
    await expect(end).toBeFocused()
    await end.press('Enter')
    await expect(row(page, 'demo-page')).toContainText('Up')
    await expect(strip(page).getByRole('button', { name: 'Try an outage' })).toBeFocused()
  })

  await test.step('keys that expire, from the palette, mended by a login', async () => {
    await strip(page).getByRole('button', { name: 'Dismiss: This is the Demo' }).click()
    await expect(strip(page)).toBeHidden()
    await page.keyboard.press('Control+K')
    await page.keyboard.type('expire')
    await page.keyboard.press('Enter')
    await expect(strip(page)).toContainText('The keys of the Demo have expired.')
    await expect(row(page, 'demo-page')).toContainText('Waiting for login')
    await expect(row(page, 'demo-page')).toContainText('Log in')
    await expectClean(page, 'expired keys')
    // Beside terminals the row still shows the state.
    for (const width of [545, 900, 1000, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await expect(row(page, 'demo-page')).toContainText('Waiting for login')
      expect(await stateFaults(page), `states at ${width} pixels`).toEqual([])
    }
    await strip(page).getByRole('button', { name: 'Log in' }).click()
    await expect(row(page, 'demo-page')).toContainText('Up')
    await expect(strip(page)).toBeHidden()
    expect(await read(page, 'demo-page')).toContain('<h1>intranet.internal</h1>')
  })

  await test.step('Activity tells destination, cause and code in the row, and leads to the forward', async () => {
    await show(page, 'Activity')
    await expect(page.getByRole('listitem').filter({ hasText: 'had its keys expire' })).toBeVisible()
    const waits = page.getByRole('button', { name: /demo-page waits for login/ })
    await expect(waits).toContainText('The keys of the Demo have expired.')
    await expect(waits).toContainText('intranet.internal:80')
    await expect(waits).toContainText('credentials-expired')
    await waits.press('Enter')
    const line = page.getByRole('listitem').filter({ has: waits })
    await expect(line).toContainText(/\d+ \w+ \d{4}, \d\d:\d\d:\d\d \(UTC/)
    await expectClean(page, 'an opened line')
    await line.getByRole('button', { name: 'Open forward' }).press('Enter')
    // The panel has the focus, so that Esc closes it.
    await expect(page.getByRole('region', { name: 'Details of demo-page' })).toBeFocused()
  })

  await page.keyboard.press('Escape')
  await expect(page.getByRole('heading', { level: 1, name: 'Forwards' })).toBeVisible()

  // Tried last, because this outage may end by itself on a slow machine.
  await page.keyboard.press('Control+K')
  await page.keyboard.type('minute without')
  await page.keyboard.press('Enter')
  await expect(strip(page)).toContainText('The Demo has no network.')
  await expectClean(page, 'no network')
})
