// Pictures of forecasts: keys that cannot be renewed, in the detail of a forward and in the status line of a terminal.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'
import { makeForward, show } from './kit/window/window'

for (const scheme of ['light', 'dark'] as const) {
  test(`keys of unknown end, ${scheme}`, async ({ start }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0, maxMinutes: 300 })
    const { endpointUrl, region, credentials } = simulator
    const { page } = await start({
      args: ['--endpoint-url', endpointUrl, '--region', region],
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await makeForward(page, rowOf(page, 'web-2'), { name: 'orders', remotePort: 7 })
    await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
    await expect(page.locator('.statusline .forecast:visible')).toContainText("Keys' end unknown")
    await takeAll(page, `forecast-terminal-${scheme}`)
    await show(page, 'Forwards')
    await page.keyboard.press('Control+Backquote')
    const row = page.getByRole('row', { name: /^orders, / })
    await row.press('Enter')
    await expect(page.getByRole('region', { name: 'Details of orders' })).toContainText('about 60 min')
    await takeAll(page, `forecast-forward-${scheme}`)
    await show(page, 'Settings')
    await page.getByLabel('Renew connections').scrollIntoViewIfNeeded()
    await takeAll(page, `forecast-settings-${scheme}`)
  })
}
