// Finds an installed Electron, or fetches it once. Never by `require('electron')`: that would start a download of its own.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(import.meta.url)
const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

function electronDirectory() {
  return path.dirname(require.resolve('electron/package.json'))
}

/** The path of Electron's executable, or undefined. `ELECTRON_OVERRIDE_DIST_PATH` names another unpacked Electron. */
export function electronBinary() {
  const directory = electronDirectory()
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(directory, 'dist')
  const marker = path.join(directory, 'path.txt')
  const name = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : (names[process.platform] ?? 'electron')
  const binary = path.join(dist, name)
  return existsSync(binary) ? binary : undefined
}

/**
 * Fetches Electron within `timeoutMs`, telling about it every 5 s. Resolves undefined when it is there, else why not.
 * `signal` ends it before.
 */
export function fetchElectron(timeoutMs, signal) {
  const child = spawn(process.execPath, [path.join(electronDirectory(), 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  // Aborted, or it could not be started; `close` comes in both cases.
  child.on('error', (error) => (said += error.message))
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const startedAt = Date.now()
  const progress = setInterval(
    () => console.error(`  … still fetching Electron (${Math.round((Date.now() - startedAt) / 1000)} s)`),
    5_000,
  )
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  return new Promise((resolve) => {
    child.on('close', (code, killedBy) => {
      clearInterval(progress)
      clearTimeout(timer)
      if (code === 0) resolve(undefined)
      else if (killedBy !== null) resolve(`no answer within ${timeoutMs / 1000} s`)
      else resolve(/ENOTFOUND|ECONN\w+|EAI_AGAIN|ETIMEDOUT|fetch failed|checksum/i.exec(said)?.[0] ?? `exit ${code}`)
    })
  })
}
