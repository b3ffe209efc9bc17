// The loopback web door: the app in a browser, for machines without Electron. Prints `READY <address>` alone on a line.

import path from 'node:path'
import { toWireError } from '../shared/errors'
import { createCore } from './core/core'
import { dataDirectoryPath } from './core/store/datadirectory'
import { spawnDemoChild } from './demo'
import { watchSleep } from './sleepwatch'
import { openWebDoor } from './web/door'
import { parseDoorOptions } from './web/options'

// Sessions are ended in order within this; then the process goes in any case.
const END_MS = 5_000

async function main(): Promise<void> {
  const { port, ...environment } = parseDoorOptions(process.argv.slice(2))
  const core = await createCore({
    ...environment,
    dataDirectory: dataDirectoryPath(process.env, process.platform),
    door: 'web page',
    env: process.env,
    spawnDemo: spawnDemoChild,
  })
  const door = await openWebDoor({ core, port, directory: path.join(import.meta.dirname, 'renderer') })
  process.stdout.write(`READY ${door.url}\n`)
  const watch = watchSleep(() => core.wake())
  let isEnding = false
  const end = (): void => {
    if (isEnding) return
    isEnding = true
    setTimeout(() => process.exit(1), END_MS).unref()
    watch[Symbol.dispose]()
    void door[Symbol.asyncDispose]()
      .then(() => core[Symbol.asyncDispose]())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}

main().catch((error: unknown) => {
  const { code, message } = toWireError(error)
  process.stderr.write(`culvert: ${code}: ${message}\n`)
  process.exit(code === 'usage' ? 2 : 1)
})
