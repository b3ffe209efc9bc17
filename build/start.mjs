// npm start: Electron where a display exists and its binary is there or can be fetched, else the loopback web host.
//
//   CULVERT_HOST=web or --web   the web host at once        CI=true   never fetches Electron
// All other arguments (--demo, --profile, --region, …) are passed on.

import { spawn } from 'node:child_process'
import path from 'node:path'
import { root } from './bundles.mjs'
import { electronBinary, fetchElectron } from './electron-bin.mjs'

const FETCH_TIMEOUT_MS = 60_000

const passed = process.argv.slice(2).filter((argument) => argument !== '--web')
const wantsWeb = process.argv.includes('--web') || process.env.CULVERT_HOST === 'web'
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

async function findElectron() {
  if (wantsWeb) return undefined
  if (!hasDisplay) {
    console.error('No display: starting the web host.')
    return undefined
  }
  const present = electronBinary()
  if (present !== undefined || process.env.CI === 'true') return present
  console.error('Fetching Electron once, 60 s at most (CULVERT_HOST=web skips this) …')
  const why = await fetchElectron(FETCH_TIMEOUT_MS)
  if (why === undefined) return electronBinary()
  console.error(`Electron could not be fetched (${why}): starting the web host.`)
  return undefined
}

const electron = await findElectron()
const [command, ...args] =
  electron === undefined
    ? [process.execPath, '--enable-source-maps', path.join(root, 'dist/web.mjs'), ...passed]
    : // As root Chromium refuses its sandbox; that is a matter of this start, never of the packed app.
      [electron, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...passed]
const child = spawn(command, args, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('close', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
