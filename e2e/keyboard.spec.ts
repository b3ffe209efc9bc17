// The main tasks by keyboard alone: a shell, a forward, and ending both. No pointer is used.

import { connect as connectTo, createServer, type Socket } from 'node:net'
import type { Locator } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { screenOf, type } from './kit/window/terminal'

/** A port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Opens a connection and sends a text; resolves with the connection and what came back. */
function echoed(port: number, text: string): Promise<{ readonly socket: Socket; readonly answer: string }> {
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host: '127.0.0.1', port })
    socket.once('error', reject)
    socket.once('data', (bytes) => resolve({ socket, answer: bytes.toString() }))
    socket.write(text)
  })
}

test('a shell is opened, a forward made, switched and deleted, and the shell ended by keys alone', async ({
  app: { page },
}) => {
  const press = (keys: string): Promise<void> => page.keyboard.press(keys)
  const palette = page.getByRole('dialog').getByRole('combobox')
  const run = async (keys: string, command: string): Promise<void> => {
    await press(keys)
    await expect(palette).toBeFocused()
    await page.keyboard.type(command)
    await expect(page.getByRole('option', { selected: true })).toContainText(new RegExp(command, 'i'))
    await press('Enter')
    await expect(palette).toBeHidden()
  }

  await run('Control+K', 'checkout-api-1')
  await expect(screenOf(page)).toContainText(/[$#]/)
  await type(page, 'echo keys-$((40+2))')
  await expect(screenOf(page)).toContainText('keys-42')

  // From the terminal, which stays open in the background.
  const focusBy = async (keys: string, target: Locator): Promise<void> => {
    await expect(target).toBeVisible()
    for (let steps = 0; steps < 30; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await press(keys)
    }
    await expect(target).toBeFocused()
  }
  const port = await freePort()
  await press('Control+Shift+M')
  await press('Control+`')
  await run('Control+K', 'Go to Instances')
  await press('/')
  await page.keyboard.type('web-2')
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await focusBy('Tab', rowOf(page, 'web-2'))
  await press('f')
  const form = page.getByRole('dialog')
  const fields = { Name: 'echo', Port: '7', 'Local port (optional)': String(port) }
  for (const [name, text] of Object.entries(fields)) {
    await focusBy('Tab', form.getByRole('textbox', { name, exact: true }))
    await press('Control+A')
    await page.keyboard.type(text)
  }
  await press('Enter')
  await expect(form).toBeHidden()

  await run('Control+K', 'Go to Forwards')
  const row = page.getByRole('row', { name: /^echo, / })
  await expect(row).toHaveAccessibleName(/^echo, Up/)
  await focusBy('F6', row)
  const { socket, answer } = await echoed(port, 'over it')
  expect(answer).toBe('over it')
  await expect(row).toContainText(/1\s*open/)
  // With an open connection, turning the forward off would ask first. A reset, because a normal end could be a half-close, after
  // which the connection is kept for a while.
  socket.resetAndDestroy()
  await expect(row).toContainText(/0\s*open/)
  await press('Space')
  await expect(row).toHaveAccessibleName(/^echo, Off/)
  await press('Space')
  await expect(row).toHaveAccessibleName(/^echo, Up/)
  await press('Enter')
  await expect(page.getByRole('region', { name: 'Details of echo' })).toBeVisible()
  await press('Escape')
  await expect(row).toBeFocused()
  await press('Delete')
  const question = page.getByRole('alertdialog')
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await press('Tab')
  await press('Enter')
  await expect(row).toBeHidden()

  await press('Alt+1')
  await expect(page.locator('.xterm-helper-textarea:visible')).toBeFocused()
  await press('Control+Shift+W')
  await expect(question).toBeVisible()
  await press('Tab')
  await press('Enter')
  await expect(page.getByRole('tab')).toHaveCount(0)
})
