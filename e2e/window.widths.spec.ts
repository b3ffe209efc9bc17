// The window at every width, from the narrowest to the widest.

import { connect, createServer, type AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { layoutFaults, stateFaults } from './kit/window/layout'
import { makeForward, portOf, show } from './kit/window/window'

const LONG = 'a very long name of a forward to the reporting database replica'
const LONG_HOST = 'reporting-replica-2.cluster-abcdefghijk.eu-west-1.rds.amazonaws.com'

test('at every width nothing is cut beside free space, nothing overlaps, and what is cut is told in full', async ({
  app: { page },
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await makeForward(page, rowOf(page, 'web-2'), { name: LONG, remoteHost: LONG_HOST, remotePort: 5432 })
  await makeForward(page, rowOf(page, 'web-2'), { name: 'closed', remotePort: 81 })
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port: taken } = other.address() as AddressInfo
  await makeForward(page, rowOf(page, 'checkout-api-1'), { name: 'status page', remotePort: 8080, localPort: taken })
  await show(page, 'Forwards')
  const closed = page.getByRole('row', { name: /^closed, Up/ })
  const port = await portOf(closed)
  await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('x'))
    socket.once('error', resolve)
    socket.once('close', resolve)
  })
  await expect(closed).toContainText('could not connect')
  await expect(page.getByRole('button', { name: /^Use \d+/ })).toBeVisible()
  await show(page, 'Instances')
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)

  const faults: string[] = []
  const look = async (where: string, at: Page): Promise<void> => {
    for (const fault of [...(await layoutFaults(at)), ...(await stateFaults(at))]) faults.push(`${where}: ${fault}`)
  }
  const dock = async (place: 'hidden' | 'right' | 'bottom'): Promise<void> => {
    const shown = page.getByRole('button', { name: 'Hide terminals' })
    const isShown = await shown.isVisible()
    if (place === 'hidden' ? isShown : !isShown) {
      await page.getByRole('button', { name: isShown ? 'Hide terminals' : 'Show terminals' }).click()
    }
    if (place === 'hidden') return
    const move = page.getByRole('button', {
      name: place === 'right' ? 'Move terminals to the right' : 'Move terminals below',
    })
    if (await move.isVisible()) await move.click()
  }
  for (const place of ['right', 'bottom', 'hidden'] as const) {
    await dock(place)
    for (const width of [545, 900, 1000, 1280, 1920]) {
      // A terminal to the right needs 480 px of its own.
      if (place === 'right' && width < 900) continue
      await page.setViewportSize({ width, height: 800 })
      for (const view of ['Instances', 'Forwards', 'Activity', 'Settings'] as const) {
        await page
          .getByRole('navigation', { name: 'Views' })
          .getByRole('button', { name: new RegExp(`^${view}`) })
          .click()
        await expect(page.getByRole('heading', { level: 1, name: view })).toBeAttached()
        await look(`${view} at ${width}, dock ${place}`, page)
        if (place === 'hidden' && view === 'Forwards') {
          await page.keyboard.press('Control+N')
          await expect(page.getByRole('dialog')).toBeInViewport()
          await look(`the form at ${width}`, page)
          await page.keyboard.press('Escape')
          await expect(page.getByRole('dialog')).toBeHidden()
        }
      }
    }
  }
  expect(faults).toEqual([])

  // A cut name and a cut cause are told in full, by the keyboard and by the pointer.
  await page.setViewportSize({ width: 900, height: 800 })
  await show(page, 'Forwards')
  const full = page.locator('.full-text')
  await page.getByRole('searchbox', { name: 'Filter forwards' }).focus()
  const long = page.getByRole('row', { name: new RegExp(`^${LONG}`) })
  await page.keyboard.press('F6')
  await page.keyboard.press('Shift+F6')
  await expect(long).toBeFocused()
  await expect(full).toContainText(LONG)
  await expect(full).toContainText(LONG_HOST)
  await page.keyboard.press('Escape')
  await expect(full).toBeHidden()
  await long.locator('.name .link').hover()
  await expect(full).toHaveText(LONG)

  // "Copied" stands beside the address, not over it or the name above.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const address = closed.getByRole('button', { name: /^Copy localhost/ })
  await address.click()
  const copied = page.locator('.tooltip').filter({ hasText: 'Copied' })
  await expect(copied).toBeVisible()
  const [told, own, name] = [
    await copied.boundingBox(),
    await address.boundingBox(),
    await closed.locator('.name').boundingBox(),
  ]
  expect(told!.x).toBeGreaterThanOrEqual(own!.x + own!.width)
  expect(told!.y).toBeGreaterThanOrEqual(name!.y)
  // Scrollbars are thin, and the room for them is kept.
  await expect(page.locator('.forwards .scroll')).toHaveCSS('scrollbar-gutter', 'stable')
  await expect(page.locator('.forwards .scroll')).toHaveCSS('scrollbar-width', 'thin')
  await new Promise((resolve) => other.close(resolve))

  // A tooltip goes with the pointer and with the focus, also without motion: one that stays would consume the next Esc.
  await page.mouse.move(450, 700)
  const tooltip = page.locator('.tooltip:not(.full-text)')
  await expect(tooltip).toHaveCount(0)
  await page.setViewportSize({ width: 900, height: 800 })
  const item = page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: /^Activity/ })
  await item.hover()
  await expect(tooltip).toHaveText('Activity')
  await page.mouse.move(450, 700)
  await expect(tooltip).toHaveCount(0)
  await page.keyboard.press('Escape')
  await item.focus()
  await expect(tooltip).toHaveText('Activity')
  await page.keyboard.press('Shift+Tab')
  await expect(tooltip.filter({ hasText: 'Activity' })).toHaveCount(0)
})
