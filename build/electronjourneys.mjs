// npm run test:electron: the journeys in Electron, with its real binary; on Linux under a display of their own.
//
// Fetches the binary where it is missing, and fails where that is not possible: a run without a window would prove nothing.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './bundles.mjs'
import { electronBinary } from './electron-bin.mjs'

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const modules = path.join(root, 'node_modules')
if (electronBinary() === undefined) run(process.execPath, [path.join(modules, 'electron/install.js')])
if (electronBinary() === undefined) throw new Error('Electron has no binary here')
run(process.execPath, [path.join(root, 'build/build.mjs')])
const journeys = [path.join(modules, '@playwright/test/cli.js'), 'test', '--project', 'electron']
if (process.platform === 'linux' && existsSync('/usr/bin/xvfb-run'))
  run('/usr/bin/xvfb-run', ['-a', process.execPath, ...journeys])
else run(process.execPath, journeys)
