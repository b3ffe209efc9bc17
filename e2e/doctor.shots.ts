// Pictures of the doctor: before a run, at work, and for a good and for broken environments.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'
import { show } from './kit/window/window'

for (const scheme of ['light', 'dark'] as const) {
  test(`the doctor, ${scheme}`, async ({ start, home }) => {
    await using simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
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
    const take = (name: string): Promise<void> => takeAll(page, `doctor-${name}-${scheme}`)
    const dialog = page.getByRole('dialog', { name: /^Doctor/ })
    const done = dialog.getByRole('button', { name: 'Run again' })
    const run = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Run doctor' }).first().click()
      await page.keyboard.press('Enter')
      await expect(done).toBeVisible({ timeout: 60_000 })
    }

    await rowOf(page, 'web-2').click()
    await expect(page.getByRole('button', { name: 'Run doctor' })).toBeVisible()
    await take('entry')
    await page.getByRole('button', { name: 'Run doctor' }).click()
    await expect(dialog).toBeVisible()
    await take('intent')
    void simulator.delayNext('DescribeInstanceInformation', 8_000)
    await page.keyboard.press('Enter')
    await expect(dialog.locator('.step')).toContainText('ssm:DescribeInstanceInformation')
    await take('working')
    await expect(done).toBeVisible({ timeout: 60_000 })
    await take('good')
    await page.keyboard.press('Escape')
    simulator.faults.apply({
      kind: 'policy',
      identity: 'CulvertDemo',
      statements: [
        { effect: 'allow', actions: ['*'], resources: ['*'] },
        { effect: 'deny', actions: ['ssm:ResumeSession', 'ec2:DescribeInstances'], resources: ['*'] },
      ],
    })
    await run()
    await take('denied')
    await page.keyboard.press('Escape')
    await rowOf(page, 'load-generator').click()
    await run()
    await take('stopped')
    await page.keyboard.press('Escape')
    await mkdir(join(home, '.aws'), { recursive: true })
    await writeFile(join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n[profile prod\n')
    await show(page, 'Settings')
    await take('settings')
    await run()
    await dialog.getByRole('region', { name: 'Findings' }).evaluate((list) => list.scrollTo({ top: 0 }))
    await take('broken-file')
  })
}
