// The browser that the web host opens in a terminal: the file lets it in once, and leaves no secret visible.

import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { spawn } from '@lydell/node-pty'
import { expect, test } from './app'
import { violations } from './kit/window/axe'
import { cleanEnvironment } from './kit/window/host'

const web = path.resolve(import.meta.dirname, '../dist/web.mjs')

// The stand-in for the system's opener is a shell script.
test.skip(process.platform !== 'linux', 'the opener of this system cannot be stood in for')

test('the file that is opened leads into the app, and a second time to a page that says what to do', async ({
  page,
  home,
}) => {
  const opener = path.join(home, 'xdg-open')
  await writeFile(opener, `#!/bin/sh\ncp "$1" "${home}/copy.html"\nprintf %s "$1" > "${home}/argv"\n`)
  await chmod(opener, 0o755)
  const env = { ...cleanEnvironment(home), PATH: `${home}:${process.env['PATH'] ?? ''}`, DISPLAY: ':99' }
  const host = spawn(process.execPath, [web, '--demo'], { cwd: home, env, cols: 200, rows: 24 })
  const ended = new Promise<number>((resolve) => host.onExit(({ exitCode }) => resolve(exitCode)))
  try {
    await expect.poll(() => existsSync(path.join(home, 'argv'))).toBe(true)
    const file = await readFile(path.join(home, 'argv'), 'utf8')
    await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' })
    await expect(page.getByRole('rowheader').first()).toBeVisible()
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(existsSync(file)).toBe(false)
    await page.reload()
    await expect(page.getByRole('rowheader').first()).toBeVisible()

    await page.goto(pathToFileURL(path.join(home, 'copy.html')).href, { waitUntil: 'commit' })
    await expect(page.getByRole('status')).toContainText('used already, or is older than 30 seconds')
    expect(page.url()).toMatch(/\/open$/)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page), colorScheme).toEqual([])
    }
  } finally {
    host.write('\u0003')
    await ended
  }
})
