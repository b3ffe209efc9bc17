import path from 'node:path'
import { expect, test } from './app'
import { show } from './kit/window/window'

test('a number of the settings is kept over a restart, and one that makes no sense stays with its reason', async ({
  app,
}) => {
  const { page } = app
  await show(page, 'Settings')
  const about = page.getByRole('region', { name: 'About' })
  await expect(about).toContainText(/Culvert \d+\.\d+\.\d+/)
  await expect(about).toContainText(path.join(app.home, 'data'))
  const hold = page.getByLabel('Hold new connections for')
  await expect(hold).toHaveValue('30')
  await hold.fill('90')
  await hold.press('Enter')
  const ping = page.getByLabel('Ping Session Manager every')
  await ping.fill('44')
  await ping.blur()
  await expect(page.getByRole('alert').filter({ hasText: 'enter 40 or less' })).toBeVisible()
  await expect(ping).toHaveValue('44')
  await ping.fill('15')
  await ping.blur()
  await expect(page.getByRole('alert').filter({ hasText: 'enter' })).toBeHidden()

  const again = await app.restart()
  await show(again, 'Settings')
  await expect(again.getByLabel('Hold new connections for')).toHaveValue('90')
  await expect(again.getByLabel('Ping Session Manager every')).toHaveValue('15')
  await expect(again.getByLabel('Count a connection as dead after')).toHaveValue('45')
})
