// The first start: a profile without keys, environment variables beside profiles, and how to get to a working account.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'

test('a profile without keys shows the ways to begin, and the environment variables can be chosen whatever is shown', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(
    join(home, '.aws', 'config'),
    `[profile empty]\nregion = ${region}\n[profile work]\nregion = ${region}\n`,
  )
  await writeFile(
    join(home, '.aws', 'credentials'),
    `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
  )
  const { page } = await start({
    args: ['--profile', 'empty', '--endpoint-url', endpointUrl],
    env: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  const instances = page.getByRole('region', { name: 'Instances' })
  await expect(instances).toContainText('No AWS credentials were found in the profile "empty"')
  await expect(instances.locator('.banner code')).toHaveText('aws configure --profile empty')
  await expect(instances.getByRole('button', { name: 'Open the Demo' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Environment/ })).toContainText('No credentials')
  expect(await page.locator('body').innerText()).not.toMatch(/--(region|demo|endpoint-url)/)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  const profiles = instances.getByRole('radiogroup', { name: 'Profile' })
  await expect(profiles.getByRole('radio')).toHaveCount(3)
  await expect(profiles.getByRole('radio', { name: /^empty/ })).toBeChecked()
  // Using the keyboard only.
  await profiles.getByRole('radio', { name: /^empty/ }).focus()
  // Held as long as by a finger: the radio group moves the focus after the key press, and checks the focused option while the
  // key is down.
  await page.keyboard.press('ArrowDown', { delay: 200 })
  await expect(profiles.getByRole('radio', { name: /^work/ })).toBeChecked()
  await page.keyboard.press('Tab')
  await expect(instances.getByRole('button', { name: 'Connect to work' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(rowOf(page, 'web-2')).toBeVisible()

  const environment = page.getByRole('button', { name: /^Environment/ })
  await expect(environment).toContainText('work')
  await environment.click()
  await page.getByRole('menuitemcheckbox', { name: /^Environment variables/ }).click()
  await expect(environment).toContainText('Environment variables')
  await expect(rowOf(page, 'web-2')).toBeVisible()
  await environment.click()
  await expect(page.getByRole('menuitemcheckbox', { name: /^Environment variables/ })).toBeChecked()
  await page.getByRole('menuitemcheckbox', { name: /^work/ }).click()
  await expect(environment).toContainText('work')
  await environment.click()
  await expect(page.getByRole('menuitemcheckbox', { name: /^Environment variables/ })).not.toBeChecked()
})
