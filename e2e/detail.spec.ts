// One forward in full: opened and closed by keys, checked leg by leg, and its entries in the journal.

import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

test('a forward opens on Enter, its check names the leg that fails, and Esc gives the focus back', async ({
  app: { page },
}) => {
  await makeForward(page, rowOf(page, 'web-2'), { name: 'closed', remotePort: 81 })
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^closed, / })
  await expect(row).toContainText('Up')
  await expect(row).toContainText(/\d+ ms/)
  await row.press('Enter')
  const detail = page.getByRole('region', { name: 'Details of closed' })
  await expect(detail).toContainText('Is up on localhost:')

  await detail.getByRole('button', { name: 'Check now' }).click()
  const legs = detail.getByRole('list', { name: 'Path' }).locator('.leg')
  await expect(legs.nth(2)).toContainText('could not connect')
  await expect(legs.nth(0)).toContainText(/\d+ ms/)
  await expect(page.locator('[aria-live=assertive]')).toContainText('closed: The instance could not connect')
  await page.keyboard.press('Escape')
  await expect(detail).toBeHidden()
  await expect(row).toBeFocused()

  await row.getByRole('button', { name: 'closed', exact: true }).click()
  await detail.getByRole('switch', { name: 'Turn closed off' }).click()
  await expect(detail).toContainText('Was turned off.')
  await expect(detail.getByRole('button', { name: 'Check now' })).toHaveAttribute('aria-disabled', 'true')
  await detail.getByRole('button', { name: 'Show all' }).click()
  const activity = page.getByRole('region', { name: 'Activity' })
  await expect(activity.getByRole('button', { name: /closed was turned off/ })).toBeVisible()
  await expect(activity.locator('.token')).toContainText('closed')
})

test('where there is no room for both, the detail takes the place of the list', async ({ app: { page } }) => {
  await makeForward(page, rowOf(page, 'web-2'), { name: 'status', remotePort: 8080 })
  await show(page, 'Forwards')
  await page.keyboard.press('Control+Backquote')
  const row = page.getByRole('row', { name: /^status, / })
  await row.press('Enter')
  await expect(row).toBeHidden()
  await expect(page.getByRole('button', { name: 'Close details' })).toBeInViewport({ ratio: 1 })
  await page.keyboard.press('Escape')
  await expect(row).toBeFocused()
})
