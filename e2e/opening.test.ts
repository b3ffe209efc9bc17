// The web host in a terminal: the browser that it opens, its messages, and that no secret is readable by other users.

import { spawn as spawnPty } from '@lydell/node-pty'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bareEnvironment, bundledPrograms, startScript, type Bundle } from './kit/programs/cli'

let bundle: Bundle
let home: string
beforeAll(() => {
  bundle = bundledPrograms()
})
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'culvert-opening-'))
  await mkdir(path.join(home, 'tmp'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Installs a stand-in for xdg-open. It records its arguments and a copy of the file, and exits with `status`. */
async function installOpener(status = 0): Promise<void> {
  const file = path.join(home, 'xdg-open')
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > "${home}/argv.new"\ncp "$1" "${home}/page"\nmv "${home}/argv.new" "${home}/argv"\nexit ${status}\n`
  await writeFile(file, script)
  await chmod(file, 0o755)
}

const environment = (more: Record<string, string> = {}): Record<string, string> => ({
  ...(bareEnvironment() as Record<string, string>),
  PATH: `${home}:${process.env['PATH'] ?? ''}`,
  HOME: home,
  TMPDIR: path.join(home, 'tmp'),
  CULVERT_DATA_DIR: path.join(home, 'data'),
  ...more,
})

/** Starts the web host in a terminal. */
function startAtTerminal(env: Record<string, string>, args: readonly string[] = []) {
  const pty = spawnPty(process.execPath, [bundle.web, '--demo', ...args], { cols: 200, rows: 24, cwd: home, env })
  let text = ''
  pty.onData((data: string) => (text += data))
  const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)))
  return {
    text: () => text,
    lines: () => text.split('\r\n').filter((line) => line !== ''),
    says: (words: string) => expect.poll(() => text).toContain(words),
    address: () => new URL(/^READY (\S+)\r$/m.exec(text)?.[1] ?? ''),
    stop: () => {
      // Ctrl-C, as a person types it.
      pty.write('\u0003')
      return ended
    },
  }
}

const END = 'Ctrl+C here ends it, with every tunnel and shell.'
const opened = async (): Promise<string> => {
  await expect.poll(() => existsSync(path.join(home, 'argv'))).toBe(true)
  return (await readFile(path.join(home, 'argv'), 'utf8')).trim()
}

// The stand-in is a shell script that replaces Linux's opener.
describe.runIf(process.platform === 'linux')('at a terminal the web host', () => {
  test('opens a browser by a file with a code that is good once; the token is in no argument and no file', async () => {
    await installOpener()
    const host = startAtTerminal(environment({ DISPLAY: ':99' }))
    const file = await opened()
    await host.says(END)
    expect(host.lines()).toEqual([
      expect.stringMatching(/^READY http:\/\/127\.0\.0\.1:\d+\/#[\w-]+$/),
      'Culvert opens in your browser. If it does not, open the address above on this computer.',
      END,
    ])
    const { origin, hash } = host.address()
    const token = hash.slice(1)
    const page = await readFile(path.join(home, 'page'), 'utf8')
    const code = new RegExp(`url=${origin}/open#([\\w-]+)"`).exec(page)?.[1] ?? ''
    expect(code).not.toBe('')
    expect(file).toMatch(/open\.html$/)
    for (const [what, text] of Object.entries({ file, page }))
      expect([what, text.includes(token)]).toEqual([what, false])
    expect(file).not.toContain(code)

    const exchange = () =>
      fetch(`${origin}/open`, { method: 'POST', headers: { origin }, body: JSON.stringify({ code }) })
    expect(existsSync(file)).toBe(true)
    expect(await (await exchange()).json()).toEqual({ token })
    expect(existsSync(path.dirname(file))).toBe(false)
    expect((await exchange()).status).toBe(403)
    expect(await host.stop()).toBe(0)
  })

  test('leaves no file behind where nothing came to use it, or the opener failed, and says so', async () => {
    await installOpener()
    const unused = startAtTerminal(environment({ DISPLAY: ':99' }))
    const file = await opened()
    await unused.says(END)
    expect(existsSync(file)).toBe(true)
    expect(await unused.stop()).toBe(0)
    expect(existsSync(path.dirname(file))).toBe(false)

    await rm(path.join(home, 'argv'))
    await installOpener(3)
    const failed = startAtTerminal(environment({ DISPLAY: ':99' }))
    await failed.says('No browser could be opened (xdg-open ended with 3): open the address above.')
    expect(existsSync(path.dirname(await opened()))).toBe(false)
    expect(await failed.stop()).toBe(0)
  })

  test('opens nothing where a person says so, or where nobody would see it', async () => {
    await installOpener()
    const told = startAtTerminal(environment({ DISPLAY: ':99' }), ['--no-open'])
    await told.says(END)
    expect(told.lines().slice(1)).toEqual([
      'Culvert is at the address above: open it in a browser on this computer.',
      END,
    ])
    expect(await told.stop()).toBe(0)
    const headless = startAtTerminal(environment())
    await headless.says(END)
    expect(headless.lines().slice(1)).toEqual([
      'No browser can be opened from here: open the address above in a browser on this computer.',
      END,
    ])
    expect(await headless.stop()).toBe(0)
    expect(existsSync(path.join(home, 'argv'))).toBe(false)
  })

  test('says READY alone to a program, and opens nothing for it', async () => {
    await installOpener()
    const running = startScript(bundle.web, ['--demo'], environment({ DISPLAY: ':99' }))
    await expect.poll(running.printed).toMatch(/^READY \S+\n/)
    running.child.kill('SIGTERM')
    const { stdout, stderr, status } = await running.ended
    expect(stdout.toString()).toMatch(/^READY http:\/\/127\.0\.0\.1:\d+\/#[\w-]+\n$/)
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(existsSync(path.join(home, 'argv'))).toBe(false)
  })
})
