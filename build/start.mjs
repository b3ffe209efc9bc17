// npm start: Electron where a display exists and its binary is there or can be fetched, else the loopback web host.
//
//   CI=true, CULVERT_HOST=web (or APP_HOST=web), --web   the web host at once
// All other arguments (--demo, --profile, --region, …) are passed on.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from './bundles.mjs'
import { electronBinary, fetchElectron } from './electron-bin.mjs'

const FETCH_TIMEOUT_MS = 60_000

/** An Electron that ends with an error within this never came up: a library of the system is missing, say. */
const STILLBORN_MS = 5_000

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const { CI, CULVERT_HOST, APP_HOST } = process.env
const wantsWeb = process.argv.includes('--web') || (CULVERT_HOST ?? APP_HOST) === 'web' || CI === 'true'
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

async function findElectron() {
  if (wantsWeb) return undefined
  if (!hasDisplay) {
    console.error('No display: starting the web host.')
    return undefined
  }
  const present = electronBinary()
  if (present !== undefined) return present
  console.error('Fetching Electron once, 60 s at most (CULVERT_HOST=web skips this) …')
  const why = await fetchElectron(FETCH_TIMEOUT_MS)
  if (why === undefined) return electronBinary()
  console.error(`Electron could not be fetched (${why}): starting the web host.`)
  return undefined
}

let child
function run(command, args) {
  child = spawn(command, args, { stdio: 'inherit' })
  return new Promise((resolve) => {
    child.on('error', () => resolve({ code: 127, signal: null }))
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal))
const electron = await findElectron()
const startedAt = performance.now()
let ended
if (electron !== undefined) {
  // As root Chromium refuses its sandbox; that is a matter of this start, never of the packed app.
  ended = await run(electron, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...passed])
  const isStillborn = ended.code !== 0 && ended.signal === null && performance.now() - startedAt < STILLBORN_MS
  if (isStillborn) {
    console.error(`Electron did not start (exit ${ended.code}): starting the web host.`)
    ended = undefined
  }
}
ended ??= await run(process.execPath, ['--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed])
process.exit(ended.code ?? 128)
