// What journeys do over and over in the window.

import { expect, type Locator, type Page } from '@playwright/test'

/** A forward as a person types it. */
export interface WantedForward {
  readonly name: string
  readonly remotePort: number
  readonly remoteHost?: string
  readonly localPort?: number
}

/** Makes a forward through the form, from an instance's row, and turns it on. */
export async function makeForward(page: Page, row: Locator, wanted: WantedForward): Promise<void> {
  await row.getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name' }).fill(wanted.name)
  if (wanted.remoteHost !== undefined) await form.getByRole('textbox', { name: 'Host' }).fill(wanted.remoteHost)
  await form.getByRole('textbox', { name: 'Port', exact: true }).fill(String(wanted.remotePort))
  // Left empty, a port is chosen at the start: two journeys at a time must not be proposed the same one.
  await form.getByLabel('Local port').fill(wanted.localPort === undefined ? '' : String(wanted.localPort))
  await form.getByRole('button', { name: 'Create and start' }).click()
  await expect(form).toBeHidden()
}

/** Shows a view by the rail, and waits until it is there: its code may have to be fetched first. */
export async function show(page: Page, view: 'Instances' | 'Forwards' | 'Activity' | 'Settings'): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(view) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

/** Returns the local port that a row of the list shows. */
export async function portOf(row: Locator): Promise<number> {
  await expect(row).toContainText(/localhost:\d+/)
  return Number(/localhost:(\d+)/.exec((await row.textContent()) ?? '')?.[1])
}
