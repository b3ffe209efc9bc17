// Access to the web host: only its own page, from its own address, with its token.

import http from 'node:http'
import type { Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { expect, test } from './app'
import { launchWeb } from './kit/window/host'

const WAIT_MS = 60_000

interface Heard {
  readonly messages: readonly string[]
  /** The HTTP status of a refused upgrade; undefined if it was accepted. */
  readonly status: number | undefined
  readonly closeCode: number | undefined
}

/** Opens a Link, sends `lines`, and collects messages until the host closes the Link or has answered. */
function knock(
  port: number,
  headers: Record<string, string>,
  lines: readonly string[],
  path = '/link',
): Promise<Heard> {
  return new Promise((resolve) => {
    const messages: string[] = []
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, handshakeTimeout: WAIT_MS })
    const timer = setTimeout(() => socket.terminate(), WAIT_MS)
    const done = (status: number | undefined, closeCode: number | undefined): void => {
      clearTimeout(timer)
      resolve({ messages, status, closeCode })
    }
    socket.on('open', () => lines.forEach((line) => socket.send(line)))
    socket.on('message', (data: Buffer) => {
      messages.push(data.toString('utf8'))
      socket.close()
    })
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      done(response.statusCode, undefined)
    })
    socket.on('error', () => undefined)
    socket.on('close', (code) => done(undefined, code))
  })
}

function get(port: number, headers: Record<string, string>, path = '/'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      .on('error', reject)
  })
}

const ASK = JSON.stringify({ id: 1, name: 'port.suggest', parameters: { from: 20_000 } })
const hello = (token: string): string => JSON.stringify({ token })

test('our own origin with the token is answered, so the refusals below mean something', async ({ door }) => {
  const origin = `http://127.0.0.1:${door.port}`
  const heard = await knock(door.port, { origin }, [hello(door.token), ASK])
  expect(heard.status).toBeUndefined()
  expect(heard.messages[0]).toContain('"event":"snapshot"')
})

test('a wrong, missing, short or malformed token hears nothing and is closed', async ({ door }) => {
  const origin = `http://127.0.0.1:${door.port}`
  const wrong = `${door.token.startsWith('A') ? 'B' : 'A'}${door.token.slice(1)}`
  for (const first of [hello(wrong), hello(''), hello(door.token.slice(0, -1)), 'not JSON', '{"token":5}', ASK]) {
    const heard = await knock(door.port, { origin }, [first, ASK])
    expect(heard, first === hello(wrong) ? 'one letter differs' : first).toEqual({
      messages: [],
      status: undefined,
      closeCode: 1008,
    })
  }
})

test('a foreign Origin, or none, is not even upgraded, with the right token', async ({ door }) => {
  const foreign = [
    { origin: 'http://evil.example' },
    { origin: `http://127.0.0.1:${door.port}.evil.example` },
    { origin: `http://127.0.0.1:${door.port + 1}` },
    { origin: `https://127.0.0.1:${door.port}` },
    { origin: 'null' },
    {},
  ]
  for (const headers of foreign) {
    const heard = await knock(door.port, headers, [hello(door.token), ASK])
    expect(heard, JSON.stringify(headers)).toEqual({ messages: [], status: 403, closeCode: undefined })
  }
})

test('a foreign Host gets neither the page nor the Link', async ({ door }) => {
  const origin = `http://127.0.0.1:${door.port}`
  for (const host of ['evil.example', `evil.example:${door.port}`, '127.0.0.1', `127.0.0.1:${door.port + 1}`]) {
    const page = await get(door.port, { host })
    expect({ ...page, host }).toEqual({ status: 403, body: '', host })
    const heard = await knock(door.port, { origin, host }, [hello(door.token), ASK])
    expect(heard, host).toEqual({ messages: [], status: 403, closeCode: undefined })
  }
})

test('another path is no Link, and no path leaves the folder of the page', async ({ door }) => {
  const origin = `http://127.0.0.1:${door.port}`
  const heard = await knock(door.port, { origin }, [hello(door.token), ASK], '/other')
  expect(heard).toEqual({ messages: [], status: 403, closeCode: undefined })
  for (const path of ['/../web.mjs', '/..%2fweb.mjs', '//etc/passwd', '/%2e%2e/%2e%2e/package.json', '/assets/']) {
    expect(await get(door.port, {}, path), path).toEqual({ status: 404, body: '' })
  }
})

test('the page never holds the token, and its policy allows no inline script', async ({ door }) => {
  const { status, body } = await get(door.port, {})
  expect(status).toBe(200)
  expect(body).not.toContain(door.token)
  expect(body).not.toContain('CSP_NONCE')
})

test('a page without the token shows that it is not connected and no instance', async ({ door, page }) => {
  await page.goto(`http://127.0.0.1:${door.port}/#wrong`)
  await expect(page.getByText('This page was opened for an earlier start of Culvert')).toBeVisible()
  await expect(page.getByRole('rowheader')).toHaveCount(0)
})

/** Every address in the history of a tab. The browser keeps typed addresses separately and does not show them to pages. */
async function historyOf(page: Page): Promise<string[]> {
  const devtools = await page.context().newCDPSession(page)
  const { entries } = await devtools.send('Page.getNavigationHistory')
  return entries.map(({ url }) => url)
}

const isConnected = (page: Page) => expect(page.getByRole('rowheader').first()).toBeVisible()

test('the token is in neither the address nor the history of its tab, and a reload still works', async ({
  door,
  page,
}) => {
  await page.goto(door.url)
  await isConnected(page)
  const bare = `http://127.0.0.1:${door.port}/`
  expect(page.url()).toBe(bare)
  expect((await historyOf(page)).join(' ')).not.toContain(door.token)
  await page.reload()
  await isConnected(page)
  // Navigates away and back.
  await page.goto('about:blank')
  await page.goBack()
  await isConnected(page)
  expect(page.url()).toBe(bare)
  expect(await page.content()).not.toContain(door.token)
  expect((await historyOf(page)).join(' ')).not.toContain(door.token)
})

test('another tab without the token says what to do, and the printed address works in that very tab', async ({
  door,
  page,
  context,
}) => {
  await page.goto(door.url)
  await isConnected(page)
  const other = await context.newPage()
  await other.goto(page.url())
  await expect(other.getByRole('alert')).toHaveText(
    'This tab was opened without the token of Culvert. Open the whole address again that Culvert printed when it started.',
  )
  await expect(other).toHaveTitle('Not connected – Culvert')
  await expect(other.getByRole('rowheader')).toHaveCount(0)
  await other.goto(door.url)
  await isConnected(other)
  expect(other.url()).toBe(page.url())
})

test('a token that the host refuses is forgotten and told, also after the host was started anew', async ({
  home,
  page,
}) => {
  const launch = (port: number) => launchWeb({ home, args: ['--demo', '--port', String(port)], env: {} })
  const hosts = [await launch(0)]
  try {
    const [first] = hosts
    await page.goto(first!.url)
    await isConnected(page)
    await first!.stop()
    const second = await launch(first!.port)
    hosts.push(second)
    await expect(page.getByText('This page was opened for an earlier start of Culvert')).toBeVisible()
    // The window remembers only this entry, which is not secret.
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(['culvert.window'])
    await page.reload()
    await expect(page.getByText('This tab was opened without the token of Culvert')).toBeVisible()
    await page.goto(second.url)
    await isConnected(page)
    await page.goto('about:blank')
    await second.stop()
  } finally {
    for (const host of hosts) await host.kill()
  }
})
