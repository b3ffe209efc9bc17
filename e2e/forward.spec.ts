import http from 'node:http'
import net from 'node:net'
import { expect, rowOf, test } from './app'

const INSTANCE = 'checkout-api-1'

function fetchText(port: number): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve({ status: response.statusCode, body }))
      })
      .on('error', reject)
  })
}

function connectCode(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port })
    socket.on('connect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

test('a forward carries a page of the instance until it is closed; then its port refuses', async ({
  app: { page },
}) => {
  await rowOf(page, INSTANCE).getByRole('button', { name: 'Forward' }).click()
  const form = page.getByRole('form', { name: 'New forward' })
  await expect(form.getByLabel('Remote port')).toBeFocused()
  await page.keyboard.type('8080')
  await page.keyboard.press('Enter')

  const row = page.getByRole('listitem', { name: `Forward to ${INSTANCE}:8080` })
  await expect(row.locator('.word')).toHaveText('Up')
  const address = await row.locator('.address').textContent()
  const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(address ?? '')?.[1])
  const { status, body } = await fetchText(port)
  expect(status).toBe(200)
  expect(body).toContain(INSTANCE)
  await expect(row.locator('.connections')).toHaveText('0 connections')

  const held = net.connect({ host: '127.0.0.1', port })
  held.on('error', () => undefined)
  await expect(row.locator('.connections')).toHaveText('1 connection')
  await row.getByRole('button', { name: 'Close' }).click()
  await expect(row).toHaveCount(0)
  held.destroy()
  expect(await connectCode(port)).toBe('ECONNREFUSED')
})

test('a local port that another program has is told in the form and opens nothing', async ({ app: { page } }) => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as net.AddressInfo
  try {
    await rowOf(page, INSTANCE).getByRole('button', { name: 'Forward' }).click()
    const form = page.getByRole('form', { name: 'New forward' })
    await form.getByLabel('Remote port').fill('8080')
    await form.getByLabel('Local port').fill(String(port))
    await form.getByRole('button', { name: 'Open forward' }).click()
    await expect(form.getByRole('alert')).toContainText(String(port))
    await expect(form.getByLabel('Local port')).toHaveAttribute('aria-invalid', 'true')
    await expect(page.getByRole('listitem')).toHaveCount(0)
  } finally {
    taken.close()
  }
})

test('what cannot be a forward is told at its field before anything is asked', async ({ app: { page } }) => {
  const form = page.getByRole('form', { name: 'New forward' })
  const open = form.getByRole('button', { name: 'Open forward' })
  await open.click()
  await expect(form.getByRole('alert')).toHaveText('Choose an instance.')
  await rowOf(page, INSTANCE).getByRole('button', { name: 'Forward' }).click()
  await form.getByLabel('Remote port').fill('70000')
  await open.click()
  await expect(form.getByRole('alert')).toContainText('1 to 65535')
  await expect(form.getByLabel('Remote port')).toBeFocused()
})
