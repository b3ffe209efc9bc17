// The app as a person meets it: the web door with the Demo behind it, in a real browser.
//
// Each test gets its own door. Nothing of the tester's home or AWS setup reaches it. Afterwards the door must end cleanly
// by itself, and the page must not have been stopped by its own security policy.

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { test as base, expect, type Locator, type Page } from '@playwright/test'

const root = path.resolve(import.meta.dirname, '..')

const READY_MS = 20_000
const END_MS = 10_000

/** A running door. */
export interface Door {
  /** With the token in its hash. */
  readonly url: string
  readonly token: string
  readonly port: number
}

/** A running door with its page open. */
export interface App extends Door {
  readonly page: Page
}

const PASSED = ['PATH', 'LANG', 'LC_ALL', 'TMPDIR', 'SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP']

function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = { HOME: home, USERPROFILE: home }
  for (const name of PASSED) if (process.env[name] !== undefined) clean[name] = process.env[name]
  return clean
}

/** Starts `dist/web.mjs --demo`, runs `run` with it, ends it by SIGTERM and expects exit code 0. */
async function withDoor(run: (door: Door) => Promise<void>): Promise<void> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'culvert-e2e-'))
  const child = spawn(process.execPath, [path.join(root, 'dist/web.mjs'), '--demo'], {
    cwd: home,
    env: cleanEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(String(code ?? signal)))
    child.on('error', (error) => resolve(error.message))
  })
  try {
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the door was not ready in time: ${errors}`)), READY_MS)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = /^READY (http:\/\/127\.0\.0\.1:\d+\/#\S+)$/.exec(line)?.[1]
        if (address === undefined) return
        clearTimeout(timer)
        resolve(address)
      })
      void ended.then((code) => {
        clearTimeout(timer)
        reject(new Error(`the door ended with ${code} before it was ready (npm run build?): ${errors}`))
      })
    })
    const url = await ready
    const { hash, port } = new URL(url)
    await run({ url, token: hash.slice(1), port: Number(port) })
  } finally {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
    const code = await ended
    clearTimeout(timer)
    await rm(home, { recursive: true, force: true })
    expect(code, `the door's exit code; it said: ${errors}`).toBe('0')
  }
}

/** Playwright's `test` with a door of its own: `door` alone, or `app` with its page open. */
export const test = base.extend<{ door: Door; app: App }>({
  door: async ({}, run) => {
    await withDoor(run)
  },
  app: async ({ door, page }, run) => {
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(door.url)
    await expect(page.getByText('Demo on this computer')).toBeVisible()
    await run({ ...door, page })
    expect(complaints, 'errors and warnings of the page').toEqual([])
  },
})

/** The row of the one instance of this name, once the list is there. */
export function rowOf(page: Page, name: string): Locator {
  return page
    .getByRole('region', { name: 'Instances' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
}

export { expect } from '@playwright/test'
