// Secrets stay in the core: every secret contains a marker, and the test looks for the markers wherever they could leak.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

const MARK = 'CANARY7f3a'

/** Records all data on the page's sockets and requests, as text. */
function overhear(page: Page): () => string {
  const heard: string[] = []
  page.on('websocket', (socket) => {
    heard.push(socket.url())
    socket.on('framesent', ({ payload }) => heard.push(payload.toString()))
    socket.on('framereceived', ({ payload }) => {
      // Terminal output is sent as bytes, everything else as text.
      heard.push(typeof payload === 'string' ? payload : payload.toString('latin1'))
    })
  })
  page.on('request', (request) => heard.push(request.url(), request.postData() ?? ''))
  return () => heard.join('\n')
}

test('no key, session token or channel token is found in the page, the journal, the arguments or what is printed', async ({
  start,
  page: shown,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0, secretMark: MARK })
  const { endpointUrl, region, credentials } = simulator
  expect(credentials.secretAccessKey).toContain(MARK)
  expect(credentials.sessionToken).toContain(MARK)
  const heard = overhear(shown)
  const app = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  const { page, host, home } = app
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect.poll(() => simulator.sessions().length).toBe(2)
  // Errors quote AWS's messages: one quotes a secret, and one could quote the request.
  simulator.failNext('StartSession', { code: 'Unforeseen', message: `Your token ${credentials.sessionToken} is odd.` })
  await rowOf(page, 'web-2').getByRole('button', { name: 'Connect' }).click()
  await expect(page.getByRole('tab', { name: /^web-2, Ended/ })).toBeVisible()
  for (const { id } of simulator.sessions()) simulator.cut(id, 'rst')
  await expect.poll(() => simulator.sessions().filter(({ resumes }) => resumes > 0).length).toBeGreaterThan(0)
  await show(page, 'Activity')
  await expect(page.getByRole('region', { name: 'Activity' })).toContainText('lost its shell')

  expect(heard()).toContain('checkout-api-1')
  expect(heard()).not.toContain(MARK)
  expect(await page.content()).not.toContain(MARK)
  expect(host.output).not.toContain(MARK)
  if (process.platform === 'linux') {
    expect(await readFile(`/proc/${host.pid}/cmdline`, 'utf8')).not.toContain(MARK)
  }
  const files = await readdir(join(home, 'data'), { withFileTypes: true, recursive: true })
  const paths = files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  expect(paths).toContain(join(home, 'data', 'journal.jsonl'))
  for (const path of paths) expect(await readFile(path, 'utf8'), path).not.toContain(MARK)
})
