// The loopback web door: the app in a browser, for machines without Electron. Prints `READY <address>` alone on a line, and at a
// terminal opens that browser.

import path from 'node:path'
import { toWireError } from '../shared/errors'
import { createCore } from './core/core'
import type { Core } from './core/coreparts'
import { dataDirectoryPath } from './core/store/datadirectory'
import { spawnDemoChild } from './demo'
import { demoForwards } from './demoforwards'
import { catchFaults, faultEntry, lastWords } from './lastwords'
import { watchSleep } from './sleepwatch'
import { openWebDoor, type WebDoor } from './web/door'
import { greet } from './web/greeting'
import { parseDoorOptions } from './page/options'

function say(error: unknown): void {
  const { code, message } = toWireError(error)
  process.stderr.write(`culvert: ${code}: ${message}\n`)
}

/** The parts that have been started so far. */
interface Own {
  core?: Core
  door?: WebDoor
  watch?: Disposable
  greeting?: Disposable
}

async function open(own: Own): Promise<void> {
  const { port, noOpen = false, ...environment } = parseDoorOptions(process.argv.slice(2))
  const core = await createCore({
    ...environment,
    dataDirectory: dataDirectoryPath(process.env, process.platform),
    door: 'web page',
    env: process.env,
    spawnDemo: spawnDemoChild,
    demoForwards,
  })
  own.core = core
  own.door = await openWebDoor({ core, port, directory: path.join(import.meta.dirname, 'renderer') })
  // Before READY: a program that reads it may send a signal at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => words.quit())
  process.stdout.write(`READY ${own.door.url}\n`)
  own.watch = watchSleep(() => core.wake())
  if (!process.stdout.isTTY) return
  own.greeting = await greet({
    door: own.door,
    env: process.env,
    platform: process.platform,
    noOpen,
    say: (line) => process.stdout.write(`${line}\n`),
  })
}

const own: Own = {}
const words = lastWords({
  name: 'Culvert',
  record: (fault) => own.core?.note(faultEntry(fault)),
  say: ({ error }) => say(error),
  end: async () => {
    own.watch?.[Symbol.dispose]()
    own.greeting?.[Symbol.dispose]()
    // At the same time: a door that does not close must not delay the end of the sessions.
    await Promise.all([own.door?.[Symbol.asyncDispose](), own.core?.[Symbol.asyncDispose]()])
  },
  exit: (status) => process.exit(status),
})
catchFaults(words)
open(own).catch((error: unknown) => {
  say(error)
  // The core may be open already, with forwards that are being turned on.
  words.quit(toWireError(error).code === 'usage' ? 2 : 1)
})
