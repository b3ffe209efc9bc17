// A hundred connections at once through one forward while a terminal prints at full speed: the page stays responsive.

import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

const CONNECTIONS = 100
const BYTES = 60_000

function checksum(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Sends `data` to the echo port and resolves with the checksum of the echoed bytes. */
function echoed(port: number, data: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(data))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes < data.length) return
      socket.destroy()
      resolve(checksum(Buffer.concat(chunks)))
    })
    socket.once('error', reject)
    socket.once('end', () => reject(new Error(`ended after ${bytes} bytes`)))
  })
}

test('100 connections both ways keep every byte while yes runs in a terminal and the page answers', async ({
  app: { page },
}) => {
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, Up/ })
  await expect(row).toContainText(/localhost:\d+/)
  const port = Number(/localhost:(\d+)/.exec((await row.textContent()) ?? '')?.[1])

  await show(page, 'Instances')
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  const screen = page.locator('.xterm-rows:visible')
  await expect(screen).toContainText(/[$#]/)
  await page.keyboard.type('yes')
  await page.keyboard.press('Enter')
  await expect(screen).toContainText(/y\s*y\s*y/)

  const sent = Array.from({ length: CONNECTIONS }, () => randomBytes(BYTES))
  const all = Promise.all(sent.map((data) => echoed(port, data)))
  // The page responds meanwhile: views change, and the filter finds instances.
  for (const view of ['Activity', 'Forwards', 'Instances']) {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: new RegExp(view) })
      .click()
    await expect(page.getByRole('region', { name: view })).toBeVisible()
  }
  expect(await all).toEqual(sent.map(checksum))

  await page.locator('.xterm-screen:visible').click()
  await page.keyboard.press('Control+C')
  await page.keyboard.type('echo still-$((40+2))')
  await page.keyboard.press('Enter')
  await expect(screen).toContainText('still-42')
})
