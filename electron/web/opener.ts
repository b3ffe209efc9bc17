// Opens the page in the person's browser, by the system's own opener and without a shell.
//
// Every user of a computer can see program arguments. So the opener gets the name of a file that only its owner can read, and that
// redirects to the one-time address. Owns that file until it is disposed of. Does not own the code in it (entry.ts).

import { spawn } from 'node:child_process'
import { accessSync, constants, rmSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A program that opens a file as the person would. */
export interface Opener {
  readonly program: string
  readonly args: readonly string[]
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function inPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder))
  return folders.map((folder) => path.join(folder, name)).find(isProgram)
}

/** The opener of this system; undefined where it is missing, or where no person would see the browser. */
export function findOpener(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Opener | undefined {
  if (platform === 'win32') {
    const program = path.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'rundll32.exe')
    return { program, args: ['url.dll,FileProtocolHandler'] }
  }
  if (platform === 'darwin') {
    // Over SSH it would open on the screen of the far computer.
    return env['SSH_CONNECTION'] === undefined ? { program: '/usr/bin/open', args: [] } : undefined
  }
  const hasDisplay = Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
  const program = hasDisplay ? inPath('xdg-open', env) : undefined
  return program === undefined ? undefined : { program, args: [] }
}

/** A file that redirects a browser. Disposing deletes it; idempotent. */
export interface RedirectFile extends Disposable {
  readonly file: string
}

/** Writes the file in a folder of its own. Rejects with the system's error. */
export async function writeRedirect(address: string): Promise<RedirectFile> {
  // 0700: mkdtemp makes it so.
  const folder = await mkdtemp(path.join(tmpdir(), 'culvert-open-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const file = path.join(folder, 'open.html')
  const shown = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${shown}">
<title>Culvert</title>
<a href="${shown}">Continue</a>
</html>
`
  try {
    await writeFile(file, html, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    remove()
    throw error
  }
  return {
    file,
    [Symbol.dispose]: () => {
      try {
        remove()
      } catch {
        // Not deleted: its code is worthless after its use, or after 30 s.
      }
    },
  }
}

/** Starts the opener on `file`, detached. Calls `failed` with the reason if it could not open the file. */
export function startOpener({ program, args }: Opener, file: string, failed: (why: string) => void): void {
  // A session of its own: a Ctrl-C in our terminal must not end the browser that it may turn into.
  const child = spawn(program, [...args, file], { stdio: 'ignore', detached: true, windowsHide: true })
  const name = path.basename(program)
  child.once('error', (error) => failed(`${name}: ${error.message}`))
  child.once('exit', (code) => {
    if (code !== null && code !== 0) failed(`${name} ended with ${code}`)
  })
  child.unref()
}
