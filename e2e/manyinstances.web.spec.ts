// A large account: its instances reach the page in pieces, and the list is complete in the end.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'

const COUNT = 1_700

test('a list of many instances comes in pieces, is searched as a whole, and a refresh and a reload leave it whole', async ({
  start,
  page: shown,
}) => {
  await using simulator = await startSimulator({ instances: COUNT })
  const { endpointUrl, region, credentials } = simulator
  const name = simulator.world.instances.at(-1)?.tags['Name'] ?? ''
  let pieces: number[] = []
  let wholes = 0
  let listings = 0
  shown.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string' || !payload.startsWith('{"event":"snapshot')) return
      if (payload.startsWith('{"event":"snapshot"')) wholes += 1
      if (payload.includes('"state":{"kind":"ready"}')) listings += 1
      const count = payload.split('"agent":{').length - 1
      if (count > 0) pieces.push(count)
    }),
  )
  const { page } = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  const count = page.getByRole('navigation').getByRole('button', { name: /Instances/ })
  const total = simulator.world.instances.length
  await expect(count).toContainText(String(total))
  const field = page.getByRole('textbox', { name: /filter/i })
  await field.fill(name)
  await expect(rowOf(page, name)).toBeVisible()
  expect(Math.max(...pieces)).toBeLessThanOrEqual(500)
  expect(pieces.reduce((sum, each) => sum + each, 0)).toBe(total)
  // One offline agent has a later ping; the other instances are unchanged and are not sent again.
  pieces = []
  const before = listings
  await page.getByRole('button', { name: /Refresh/ }).click()
  await expect.poll(() => listings).toBeGreaterThan(before)
  expect(pieces.reduce((sum, each) => sum + each, 0)).toBeLessThan(10)
  expect(wholes).toBe(1)
  pieces = []
  await page.reload()
  await expect(rowOf(page, name)).toBeVisible()
  await expect(count).toContainText(String(total))
  expect(pieces.reduce((sum, each) => sum + each, 0)).toBe(total)
})
