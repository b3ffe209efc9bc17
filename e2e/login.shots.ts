// Pictures of a login that has ended, and of its question: see screenshots.config.ts.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { endSsoLogin, ssoVariables, startSso, writeSsoConfig } from './kit/aws/sso'
import { decide } from './kit/aws/loginpages'
import { takeAll } from './kit/window/pictures'
import { noteOpened } from './kit/window/opened'
import { makeForward, show } from './kit/window/window'

for (const scheme of ['light', 'dark'] as const) {
  test(`a login, ${scheme}`, async ({ start, home }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0 })
    await using center = await startSso(simulator)
    await writeSsoConfig(home, center)
    const { page } = await start({ args: ['--profile', 'corp'], env: ssoVariables(simulator, center) })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const opened = await noteOpened(page)
    const take = (name: string): Promise<void> => takeAll(page, `${name}-${scheme}`)
    const dialog = page.getByRole('dialog', { name: 'Log in with the profile corp' })
    const main = page.getByRole('main')
    await expect(main.getByRole('button', { name: 'Log in' })).toBeVisible()
    await take('login-ended')
    await main.getByRole('button', { name: 'Log in' }).click()
    await expect(dialog).toBeVisible()
    await take('login-question')
    await dialog.getByRole('button', { name: 'Open login page' }).click()
    await take('login-waiting')
    await decide(await opened(), 'allow')
    await expect(dialog).toBeHidden()
    await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
    await show(page, 'Forwards')
    const row = page.getByRole('row', { name: /^echo, / })
    await expect(row).toContainText('Up')
    await endSsoLogin(home, simulator, center)
    await expect(row).toContainText('Waiting for login')
    await take('login-forward')
    await row.getByRole('button', { name: 'Log in' }).click()
    await dialog.getByRole('button', { name: 'Use a code' }).click()
    await expect(dialog.getByText(/^[A-Z]{4}-[A-Z]{4}$/)).toBeVisible()
    await take('login-code')
  })
}
