import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Locator, Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

function forwardRow(page: Page, name: string): Locator {
  return page.getByRole('region', { name: 'Forwards' }).getByRole('row', { name: new RegExp(`^${name}, `) })
}

function toggle(page: Page, name: string): Locator {
  return page.getByRole('switch', { name: new RegExp(`^Turn ${name} `) })
}

/** The local port as the row shows it. */
async function portOf(row: Locator): Promise<number> {
  await expect(row).toContainText(/localhost:\d+/)
  return Number(/localhost:(\d+)/.exec((await row.textContent()) ?? '')?.[1])
}

/** Reads a page through a forward and compares all its bytes with the digest that its server sent. */
async function fetchPage(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  const bytes = Buffer.from(await response.arrayBuffer())
  const digest = createHash('sha256').update(bytes).digest('base64')
  expect(response.headers.get('content-digest')).toBe(`sha-256=:${digest}:`)
  return bytes.toString()
}

/** How a connection ends after sending a byte. */
function ending(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('x'))
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

test('a forward to the internal page carries it byte for byte, and is there again after a restart with its port', async ({
  app,
}) => {
  const { page } = app
  await makeForward(page, rowOf(page, 'web-2'), { name: 'intranet', remoteHost: 'intranet.internal', remotePort: 80 })
  await show(page, 'Forwards')
  const row = forwardRow(page, 'intranet')
  await expect(row).toContainText('Up')
  const port = await portOf(row)
  expect(await fetchPage(port)).toContain('ntranet')
  // The note is shown once for an HTTP forward.
  const note = page.locator('.pages-note')
  await expect(note).toContainText(`Web pages can reach intranet.`)
  await expect(note).toContainText(`localhost:${port}`)
  await note.getByRole('button', { name: 'Got it' }).click()
  await expect(note).toBeHidden()

  await toggle(page, 'intranet').click()
  await expect(row).toContainText('Off')
  expect(await ending(port)).toContain('ECONNREFUSED')

  const again = await app.restart()
  await show(again, 'Forwards')
  const kept = forwardRow(again, 'intranet')
  expect(await portOf(kept)).toBe(port)
  await toggle(again, 'intranet').click()
  await expect(kept).toContainText('Up')
  expect(await fetchPage(port)).toContain('ntranet')
  await expect(again.locator('.pages-note')).toBeHidden()
})

test('a refused port ends the connection with its reason, and the listener stays', async ({ app: { page } }) => {
  await makeForward(page, rowOf(page, 'web-2'), { name: 'closed', remotePort: 81 })
  await show(page, 'Forwards')
  const row = forwardRow(page, 'closed')
  await expect(row).toContainText('Up')
  const port = await portOf(row)
  for (let time = 0; time < 2; time += 1) expect(await ending(port)).toContain('ECONNRESET')
  await expect(row).toContainText('could not connect')
  await expect(row).toContainText(/Up, destination refuses\s*since \d\d:\d\d/)
  await expect(page.getByRole('group', { name: 'Forwards by state' })).toHaveText('1 with a problem')
  // A check from the row has the same result and does not change the row.
  await row.getByRole('button', { name: 'Check now' }).click()
  await expect(row.getByRole('button', { name: 'Check now' })).toBeEnabled()
  await expect(row).toContainText('Up, destination refuses')
  await show(page, 'Activity')
  await expect(page.getByRole('region', { name: 'Activity' })).toContainText('does not reach its destination')
})

test('a local port in use is said so, changes nothing else, and another one is offered', async ({ app: { page } }) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  await makeForward(page, rowOf(page, 'web-2'), { name: 'good', remotePort: 8080 })
  await makeForward(page, rowOf(page, 'web-2'), { name: 'taken', remotePort: 8080, localPort: port })
  await show(page, 'Forwards')
  const row = forwardRow(page, 'taken')
  await expect(row).toContainText(`${port} is in use by another program`)
  const good = forwardRow(page, 'good')
  await expect(good).toContainText('Up')
  expect(await fetchPage(await portOf(good))).toContain('web-2')
  await row.getByRole('button', { name: /^Use \d+$/ }).click()
  await expect(row).toContainText('Up')
  expect(await portOf(row)).not.toBe(port)
  expect(await fetchPage(await portOf(row))).toContain('web-2')
  await new Promise((resolve) => other.close(resolve))
})

test('instances of one name are told apart, and a forward goes to the one that was meant', async ({
  app: { page },
}) => {
  const twins = page
    .getByRole('region', { name: 'Instances' })
    .getByRole('row')
    .filter({ hasText: /web-1…/ })
  await expect(twins).toHaveCount(2)
  const ids = await Promise.all([0, 1].map((at) => twins.nth(at).locator('.id').textContent()))
  expect(new Set(ids).size).toBe(2)
  for (const at of [0, 1]) await makeForward(page, twins.nth(at), { name: `twin-${at}`, remotePort: 8080 })
  await show(page, 'Forwards')
  for (const at of [0, 1]) {
    const row = forwardRow(page, `twin-${at}`)
    await expect(row).toContainText('Up')
    await expect(row).toContainText((ids[at] ?? '').slice(-4))
    expect(await fetchPage(await portOf(row))).toContain(ids[at]!)
  }
})

test('what cannot be read in the form is named there, and nothing that was typed is lost', async ({
  app: { page },
}) => {
  await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  const port = form.getByRole('textbox', { name: 'Port', exact: true })
  await port.fill('70000')
  await form.getByRole('button', { name: 'Create and start' }).click()
  await expect(form).toContainText('65535')
  await expect(port).toBeFocused()
  await expect(port).toHaveValue('70000')
  await page.keyboard.press('Escape')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
  await expect(form).toBeHidden()
})

test('limits are set in the form, kept by an edit, and the forward keeps to them', async ({ app: { page } }) => {
  await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  const limits = form.getByRole('button', { name: /^Limits/ })
  const [time, count] = [form.getByLabel('Turn off after'), form.getByLabel('Connections at a time')]
  await form.getByRole('textbox', { name: 'Port', exact: true }).fill('7')
  await form.getByRole('textbox', { name: 'Name' }).fill('narrow')
  await form.getByLabel('Local port').fill('')
  await expect(time).toBeHidden()
  await limits.click()
  await time.fill('soon')
  await count.fill('1')
  await form.getByRole('button', { name: 'Create and start' }).click()
  await expect(time).toBeFocused()
  await expect(form).toContainText('such as 45 min or 8 h')
  // The fields stay open while a limit is invalid.
  await limits.click()
  await expect(time).toHaveValue('soon')
  await time.fill('1h30')
  await expect(form).toContainText('Turns itself off 1 h 30 min after its start.')
  await form.getByRole('button', { name: 'Create and start' }).click()
  await expect(form).toBeHidden()

  await show(page, 'Forwards')
  const row = forwardRow(page, 'narrow')
  await expect(row).toContainText('Up')
  const port = await portOf(row)
  const first = connect({ host: '127.0.0.1', port })
  await new Promise((resolve) => {
    first.once('data', resolve)
    first.write('x')
  })
  expect(await ending(port)).toContain('ECONNRESET')
  await expect(row).toContainText('takes 1 connection at a time')

  await row.getByRole('button', { name: 'Edit limit' }).click()
  await expect(time).toHaveValue('1 h 30 min')
  await expect(count).toHaveValue('1')
  await limits.click()
  await expect(limits).toHaveText('Limits: 1 h 30 min, 1 connection')
  await limits.press('Escape')
  await expect(form).toBeHidden()
  await row.press('e')
  await count.fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form).toBeHidden()
  const second = connect({ host: '127.0.0.1', port })
  await new Promise((resolve) => {
    second.once('data', resolve)
    second.write('x')
  })
  for (const socket of [first, second]) socket.destroy()
})
