// `Log in` in the window: a profile whose login has ended, the page of the simulated IAM Identity Center in the browser, and back.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { endSsoLogin, ssoVariables, startSso, writeSsoConfig } from './kit/aws/sso'
import { decide } from './kit/aws/loginpages'
import { violations } from './kit/window/axe'
import { noteOpened } from './kit/window/opened'
import { makeForward, show } from './kit/window/window'

test('the window logs in by itself: it names account and address, opens the page on a click, and the forward goes on', async ({
  start,
  home,
  electron,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  await using center = await startSso(simulator)
  await writeSsoConfig(home, center)
  const { page } = await start({ args: ['--profile', 'corp'], env: ssoVariables(simulator, center) })
  const opened = await noteOpened(page)
  const dialog = page.getByRole('dialog', { name: 'Log in with the profile corp' })
  await page.getByRole('main').getByRole('button', { name: 'Log in' }).click()
  await expect(dialog).toContainText('1111 2222 3333')
  await expect(dialog).toContainText(center.startUrl)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  expect(await opened()).toBe('')
  await expect(dialog.getByRole('button', { name: 'Open login page' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('Waiting for the login until')
  // In the web host a tab of the same browser, as a person has it. Electron has no other browser here.
  if (electron === undefined) {
    const tab = await page.context().newPage()
    await tab.goto(await opened())
    await tab.getByRole('button', { name: 'Allow access' }).click()
    await expect(tab.getByRole('heading')).toHaveText('Back to Culvert')
    await tab.close()
  } else {
    await decide(await opened(), 'allow')
  }
  await expect(dialog).toBeHidden()
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, / })
  await expect(row).toContainText('Up')

  await endSsoLogin(home, simulator, center)
  await expect(row).toContainText('Waiting for login')
  await row.getByRole('button', { name: 'Log in' }).click()
  await dialog.getByRole('button', { name: 'Use a code' }).click()
  const code = await dialog.getByText(/^[A-Z]{4}-[A-Z]{4}$/).textContent()
  await dialog.getByRole('button', { name: 'Open login page' }).click()
  expect(await opened()).toContain(`user_code=${code}`)
  await decide(await opened(), 'allow')
  await expect(dialog).toBeHidden()
  await expect(row).toContainText('Up')
  expect(simulator.sessions()).toHaveLength(1)
})
