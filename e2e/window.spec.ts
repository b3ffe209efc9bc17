// The window as a thing to work with: the form, the lists, what a reload keeps, and how it all lies at every width.

import { connect, type Socket } from 'node:net'
import type { Locator } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { makeForward, portOf, show } from './kit/window/window'

/** For each of these elements whose middle lies within the open list: whether the list is on top there. */
function isListOver(form: Locator, under: string): Promise<readonly boolean[]> {
  return form.evaluate((element, selector) => {
    const list = element.querySelector('[role=listbox]')
    const box = list?.getBoundingClientRect()
    if (list === null || box === undefined) return []
    return [...element.querySelectorAll(selector)]
      .map((each) => each.getBoundingClientRect())
      .map(({ left, top, width, height }) => ({ x: left + width / 2, y: top + height / 2 }))
      .filter(({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom)
      .map(({ x, y }) => list.contains(document.elementFromPoint(x, y)))
  }, under)
}

/** A connection through a forward to an echo, once it carries bytes. */
async function echo(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
    socket.write('x')
  })
  return socket
}

test('the form: its list lies over the pipe, a typed port wins over a preset, hosts are checked, and what was typed is not lost to Esc', async ({
  app: { page },
}) => {
  await page.setViewportSize({ width: 1280, height: 620 })
  await show(page, 'Forwards')
  const form = page.getByRole('dialog', { name: 'New forward' })
  await page.getByRole('button', { name: 'New forward' }).first().click()
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()

  await page.getByRole('button', { name: 'New forward' }).first().click()
  await form.getByRole('combobox').click()
  const options = form.getByRole('listbox', { name: 'Instances' })
  await expect(options.getByRole('option').first()).toBeVisible()
  const over = await isListOver(form, '.pipe .dot, .pipe .name')
  expect(over.length).toBeGreaterThan(1)
  expect(over).not.toContain(false)
  await options.getByRole('option', { name: 'web-2' }).first().click()

  await form.getByRole('button', { name: 'MySQL' }).click()
  const [host, port] = [
    form.getByRole('textbox', { name: 'Host' }),
    form.getByRole('textbox', { name: 'Port', exact: true }),
  ]
  const localPort = form.getByLabel('Local port')
  await expect(port).toHaveValue('3306')
  await host.fill('orders.db.internal:3307')
  await host.press('Tab')
  await expect(host).toHaveValue('orders.db.internal')
  await expect(port).toHaveValue('3307')
  // 3307, or the next that is free on this computer.
  await expect(localPort).toHaveValue(/^33\d\d$/)
  for (const [text, reason] of [
    ['10.0.0.300', 'not an IPv4 address'],
    ['-x', 'begins with a hyphen'],
  ] as const) {
    await host.fill(text)
    await form.getByRole('button', { name: 'Create', exact: true }).click()
    await expect(form).toContainText(reason)
    await expect(host).toBeFocused()
  }

  await page.keyboard.press('Escape')
  const question = page.getByRole('alertdialog', { name: 'Discard this forward?' })
  await expect(question.getByRole('button', { name: 'Keep editing' })).toBeFocused()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  await page.keyboard.press('Escape')
  await expect(question).toBeHidden()
  await expect(host).toBeFocused()
  await expect(host).toHaveValue('-x')
  await page.keyboard.press('Escape')
  await question.getByRole('button', { name: 'Discard' }).click()
  await expect(form).toBeHidden()
})

test('the lists: a filter opens groups, heads stay, columns sort, a row opens its detail, a reload keeps it all, and open connections are asked about', async ({
  app: { page },
}) => {
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  // A low window: the list has more rows than it shows.
  await page.setViewportSize({ width: 1280, height: 460 })
  const names = (): Promise<readonly string[]> => page.getByRole('rowheader').allTextContents()
  const head = (name: string): Locator => page.getByRole('columnheader', { name })

  // Columns: by press and by key.
  await expect(head('Env')).toBeVisible()
  const byName = await names()
  await head('Name').getByRole('button').click()
  await expect(head('Name')).toHaveAttribute('aria-sort', 'descending')
  expect(await names()).not.toEqual(byName)
  await head('Name').getByRole('button').press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(head('Env')).toHaveAttribute('aria-sort', 'ascending')
  const cells = await page.locator('.row .env').allTextContents()
  expect(cells.filter((text) => text !== '–')).toEqual(cells.filter((text) => text !== '–').toSorted())

  // Groups: the filter opens a folded one, and lets it be folded again afterwards.
  await page.getByRole('button', { name: 'Group', exact: true }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Env' }).click()
  const production = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^production/ }) })
  await production.click()
  await expect(rowOf(page, 'web-2')).toBeHidden()
  const filter = page.getByRole('textbox', { name: 'Filter instances' })
  await filter.fill('web-2')
  await expect(rowOf(page, 'web-2')).toBeVisible()
  await filter.fill('')
  await expect(rowOf(page, 'web-2')).toBeHidden()
  await production.click()
  await expect(rowOf(page, 'cache-warmer')).toBeVisible()

  // The head stays while its rows scroll, and the row that is reached by keys is not behind it.
  const first = page.locator('.row.group').first()
  await expect(first).toContainText('production')
  await rowOf(page, 'cache-warmer').focus()
  for (let step = 0; step < 8; step += 1) await page.keyboard.press('ArrowDown')
  await expect(page.locator('.grid > .scroll')).not.toHaveJSProperty('scrollTop', 0)
  await expect(first).toBeInViewport({ ratio: 1 })
  for (let step = 0; step < 7; step += 1) await page.keyboard.press('ArrowUp')
  await expect(async () => {
    const [top, row] = [await first.boundingBox(), await page.locator('.row:focus').boundingBox()]
    expect(row!.y).toBeGreaterThanOrEqual(top!.y + top!.height - 1)
  }).toPass()

  // Rows open on a click.
  await rowOf(page, 'cache-warmer').click()
  await expect(page.getByRole('region', { name: 'Details of cache-warmer' })).toBeVisible()
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, Up/ })
  await row.locator('.fact').click()
  const detail = page.getByRole('region', { name: 'Details of echo' })
  await expect(detail).toBeVisible()

  // A reload keeps views, filters, order, selection, dock and focus.
  await show(page, 'Instances')
  await filter.fill('c')
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await page.getByRole('button', { name: 'Move terminals below' }).click()
  await page.getByRole('separator', { name: 'Size of the view' }).press('ArrowDown')
  const size = await page.getByRole('separator').getAttribute('aria-valuenow')
  await page.locator('.xterm-screen:visible').click()
  await page.reload()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused()
  await expect(filter).toHaveValue('c')
  await expect(page.locator('.docked')).toHaveClass(/at-bottom/)
  expect(await page.getByRole('separator').getAttribute('aria-valuenow')).toBe(size)
  await expect(page.getByRole('region', { name: 'Details of cache-warmer' })).toBeVisible()
  await page
    .getByRole('region', { name: 'Terminals' })
    .getByRole('button', { name: /^Close terminal/ })
    .click()
  await page.getByRole('button', { name: 'End session' }).click()
  await filter.fill('')

  await show(page, 'Forwards')
  await expect(detail).toBeVisible()
  await page.keyboard.press('Control+F')
  await page.keyboard.type('ech')
  await page.reload()
  await expect(page.getByRole('searchbox', { name: 'Filter forwards' })).toHaveValue('ech')
  await expect(page.getByRole('searchbox', { name: 'Filter forwards' })).toBeFocused()
  await expect(detail).toBeVisible()

  // Turning off asks once where connections are open.
  const socket = await echo(await portOf(row))
  const ended = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  await expect(detail).toContainText('1 open')
  await row.press(' ')
  const question = page.getByRole('alertdialog', { name: 'Turn off echo?' })
  await expect(question).toContainText('1 connection ends.')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  await question.getByRole('button', { name: 'Keep on' }).click()
  await expect(question).toBeHidden()
  await expect(row).toContainText('Up')
  await row.getByRole('switch').click()
  await question.getByRole('button', { name: 'Turn off' }).click()
  await expect(page.getByRole('row', { name: /^echo, Off/ })).toBeVisible()
  await ended
  // Without a connection nothing is asked.
  await page.getByRole('row', { name: /^echo, / }).press(' ')
  await expect(row).toBeVisible()
  await row.press(' ')
  await expect(page.getByRole('row', { name: /^echo, Off/ })).toBeVisible()
})
