// npm start: Electron where a display exists and its binary is there or can be fetched, else the loopback web host.
//
//   CI=true, CULVERT_HOST=web (or APP_HOST=web), --web   the web host at once
// All other arguments (--demo, --profile, --region, --no-open, …) are passed on.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import path from 'node:path'
import { root } from './bundles.mjs'
import { electronBinary, fetchElectron } from './electron-bin.mjs'
import { isStillborn } from './tests/stillborn.mjs'

const FETCH_TIMEOUT_MS = 60_000

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const { CI, CULVERT_HOST, APP_HOST } = process.env
const wantsWeb = process.argv.includes('--web') || (CULVERT_HOST ?? APP_HOST) === 'web' || CI === 'true'
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

/** Aborted by the signal that tells this program to end. */
const told = new AbortController()
let child
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    told.abort(signal)
    child?.kill(signal)
  })
}

async function findElectron() {
  if (wantsWeb) return undefined
  if (!hasDisplay) {
    console.error('No display: starting the web host.')
    return undefined
  }
  const present = electronBinary()
  if (present !== undefined) return present
  console.error('Fetching Electron once, 60 s at most (CULVERT_HOST=web skips this) …')
  const why = await fetchElectron(FETCH_TIMEOUT_MS, told.signal)
  if (why === undefined) return electronBinary()
  if (told.signal.aborted) return undefined
  console.error(`Electron could not be fetched (${why}): starting the web host.`)
  return undefined
}

function run(command, args) {
  child = spawn(command, args, { stdio: 'inherit' })
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

const statusOf = (signal) => 128 + (constants.signals[signal] ?? 0)
const electron = await findElectron()
if (told.signal.aborted) process.exit(statusOf(told.signal.reason))
const startedAt = performance.now()
let ended
if (electron !== undefined) {
  // Run by root, Chromium refuses its sandbox. The switch is given by this script only, never by the packed app.
  ended = await run(electron, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...passed])
  if (isStillborn({ ...ended, ranMs: performance.now() - startedAt, isTold: told.signal.aborted })) {
    console.error(`Electron did not start (${ended.signal ?? `exit ${ended.code}`}): starting the web host.`)
    ended = undefined
  }
}
ended ??= await run(process.execPath, ['--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed])
process.exit(ended.code ?? statusOf(ended.signal))
