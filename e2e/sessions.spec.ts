// The sessions of the account as a person meets them: listed, read with their states, ended or refused.

import { demoOptions } from '../electron/simulator/demo'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'

test('sessions of all people are listed and read, ours and those of others are ended, and a refusal names the permission', async ({
  start,
}) => {
  await using simulator = await startSimulator({ ...demoOptions, shellDelayMs: 0, terminatingMs: 200 })
  const { endpointUrl, region, credentials } = simulator
  const { page } = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  await rowOf(page, 'web-2').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect(page.getByRole('navigation').getByRole('button', { name: 'Sessions, 1' })).toBeVisible()

  // From the terminal to its session: the list is opened, and the row found once AWS lists it.
  await page.getByRole('tab', { name: /^web-2/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Show session' }).click()
  const view = page.getByRole('region', { name: 'Sessions', exact: true })
  const detail = page.getByRole('region', { name: /^Details of session/ })
  await expect(detail.getByRole('button', { name: 'Show terminal' })).toBeVisible()
  await expect(detail.locator('.states li')).toHaveText([/Open for/, /Opening for/])
  await page.keyboard.press('Control+Backquote')
  expect(await violations(page)).toEqual([])
  await detail.getByRole('button', { name: 'Show terminal' }).click()
  await expect(page.getByRole('tabpanel')).toBeVisible()
  await page.keyboard.press('Control+Backquote')
  await detail.press('Escape')
  await expect(detail).toBeHidden()

  // By keys: a session of the people on call may not be ended.
  await page.keyboard.press('/')
  await page.keyboard.type('owner:on-call')
  await page.keyboard.press('Enter')
  const onCall = view.getByRole('row', { name: /on-call/ })
  await expect(onCall).toHaveCount(1)
  await expect(onCall).toBeFocused()
  await page.keyboard.press('e')
  const question = page.getByRole('dialog')
  await expect(question).toContainText('It belongs to on-call.')
  await expect(question.getByRole('button', { name: 'Keep session' })).toBeFocused()
  await question.getByRole('button', { name: 'End session' }).click()
  await expect(question).toContainText(/ssm:TerminateSession on arn:aws:ssm:\S+:session\/on-call-/)
  expect(await violations(page)).toEqual([])
  await question.getByRole('button', { name: 'Close' }).last().click()
  await view.getByRole('combobox', { name: 'Filter sessions' }).fill('')

  // The others, as a selection: three people's and ours.
  await view.getByRole('checkbox', { name: /^Select all/ }).check()
  await onCall.getByRole('checkbox').uncheck()
  await view.getByRole('button', { name: 'End sessions', exact: true }).click()
  await question.getByRole('button', { name: 'End 4 sessions' }).click()
  await expect(question).toBeHidden()
  await expect(view.getByRole('radio', { name: 'Open 1' })).toBeVisible()
  await view.getByRole('radio', { name: /^Ended/ }).click()
  await expect(view.getByRole('row', { name: /web-2 shell Ended mine/ })).toBeVisible()
})
