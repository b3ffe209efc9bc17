// The app's processes as journeys start them: the web host, or Electron where its binary exists.
//
// Each gets a home and a data directory of its own: nothing of the tester's home or AWS setup reaches it.

import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import path from 'node:path'
import { _electron, expect, type Page } from '@playwright/test'

const root = path.resolve(import.meta.dirname, '../../..')

/** Bounds for a process that hangs; a busy machine makes one of a second take ten. */
const READY_MS = 60_000
const END_MS = 30_000

/** How an app is started. */
export interface LaunchOptions {
  /** Its home; the data directory is `home/data`. */
  readonly home: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A running app. */
export interface Host {
  /** Everything that it has printed so far. */
  readonly output: string
  readonly pid: number
  /** Shows its window: in `page` for the web host, in a page of its own for Electron. */
  show(page: Page): Promise<Page>
  /** Ends it as a person does, and expects a clean end. */
  stop(): Promise<void>
  /** Kills it as a power cut does. */
  kill(): Promise<void>
}

const PASSED = ['PATH', 'LANG', 'LC_ALL', 'TMPDIR', 'DISPLAY', 'SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP']

/** The environment of a program of ours under test. */
export function cleanEnvironment(home: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const clean: Record<string, string> = { HOME: home, USERPROFILE: home, CULVERT_DATA_DIR: path.join(home, 'data') }
  for (const name of PASSED) {
    const value = process.env[name]
    if (value !== undefined) clean[name] = value
  }
  return { ...clean, ...more }
}

/** The web host; its address tells where its page is. */
export interface WebHost extends Host {
  /** With the token in its hash. */
  readonly url: string
  readonly token: string
  readonly port: number
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(String(code ?? signal)))
    child.on('error', (error) => resolve(error.message))
  })
}

/** Starts `dist/web.mjs` and resolves when it is ready. */
export async function launchWeb({ home, args, env }: LaunchOptions): Promise<WebHost> {
  const child = spawn(process.execPath, [path.join(root, 'dist/web.mjs'), ...args], {
    cwd: home,
    env: cleanEnvironment(home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = endOf(child)
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the door was not ready in time: ${output}`)), READY_MS)
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`
      const address = /^READY (http:\/\/127\.0\.0\.1:\d+\/#\S+)$/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
    void ended.then((code) => {
      clearTimeout(timer)
      reject(new Error(`the door ended with ${code} before it was ready (npm run build?): ${output}`))
    })
  })
  const { hash, port } = new URL(url)
  return {
    url,
    token: hash.slice(1),
    port: Number(port),
    pid: child.pid ?? 0,
    get output() {
      return output
    },
    show: async (page) => {
      await page.goto(url)
      return page
    },
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
      const code = await ended
      clearTimeout(timer)
      expect(code, `the door's exit code; it said: ${output}`).toBe('0')
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts the built app in Electron. Never run where no binary exists. */
export async function launchElectron(executablePath: string, { home, args, env }: LaunchOptions): Promise<Host> {
  const app = await _electron.launch({
    executablePath,
    args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args],
    cwd: home,
    env: cleanEnvironment(home, env),
  })
  const child = app.process()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const ended = endOf(child)
  return {
    pid: child.pid ?? 0,
    get output() {
      return output
    },
    show: () => app.firstWindow(),
    stop: async () => {
      await app.close()
      await ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
