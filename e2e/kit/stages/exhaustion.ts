// What the tests of exhaustion share: programs of ours with 256 descriptors, a hog in them, and connections to their ports.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, beforeAll, beforeEach, onTestFinished, vi } from 'vitest'
import { startSimulator, type Simulator } from '../../../electron/simulator/simulator'
import { bundledPrograms, environmentOf, type Bundle } from '../programs/cli'

const FILES = 256

/** How many connections a process with 256 descriptors may have. */
export const MAX_CONNECTIONS = FILES - 64

/**
 * Loaded into a process under test. From a SIGUSR2 on it takes every descriptor that is free; at the next one it gives all back.
 * It tells too when the system refuses to name the interfaces (then the timer that asks for them has come through it), and when
 * the AWS files have changed: Node tells all watchers of one file together, the product's first.
 */
const hog = `
  import fs from 'node:fs'
  import os from 'node:os'
  import path from 'node:path'
  import { syncBuiltinESMExports } from 'node:module'
  const held = []
  let taking
  const say = (text) => fs.writeSync(2, text + '\\n')
  const take = () => {
    try {
      for (;;) held.push(fs.openSync('/dev/null'))
    } catch {}
  }
  process.on('SIGUSR2', () => {
    if (taking === undefined) {
      take()
      taking = setInterval(take, 1)
      fs.watchFile(path.join(process.env.HOME, '.aws', 'config'), { persistent: false }, () => say('hog: new AWS files'))
      return say('hog: full')
    }
    clearInterval(taking)
    taking = undefined
    for (const descriptor of held.splice(0)) fs.closeSync(descriptor)
    say('hog: empty')
  })
  const { networkInterfaces } = os
  os.networkInterfaces = () => {
    try {
      return networkInterfaces()
    } catch (error) {
      say('hog: no interfaces')
      throw error
    }
  }
  syncBuiltinESMExports()
`

/** The bundled program. */
export let bundle: Bundle

/** The simulator of this test. */
export let simulator: Simulator

/** The home directory of this test. */
export let home: string
let env: NodeJS.ProcessEnv
let programs: Socket[]

/** A process under test, and what it has said. */
export interface Process {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly printed: () => string
  readonly told: () => string
  /** Resolves with the first match of `pattern` in what it has printed or told, from the character `from` on. */
  readonly says: (pattern: RegExp, from?: number) => Promise<RegExpExecArray>
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
}

/** Starts one of our bundles with a limit of open files. */
export function start(script: string, ...words: string[]): Process {
  const args = ['-c', `ulimit -n ${FILES}; exec "$0" "$@"`, process.execPath, script, ...words]
  const child = spawn('sh', args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [printed, told, all] = ['', '', '']
  const watchers = new Set<() => void>()
  const hear = (text: string): void => {
    all += text
    for (const look of watchers) look()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    hear(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
    hear(text)
  })
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  return {
    child,
    printed: () => printed,
    told: () => told,
    ended,
    says: (pattern, from = 0) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(all.slice(from))
          if (found === null) return
          watchers.delete(look)
          resolve(found)
        }
        watchers.add(look)
        look()
        void ended.then(() => reject(new Error(`It ended before it said ${pattern}. It said: ${all.slice(-5_000)}`)))
      }),
  }
}

/** Connects and sends `text`; resolves with the socket once that has come back, with undefined if it was closed instead. */
export function echoing(port: number, text: string): Promise<Socket | undefined> {
  const socket = connect({ host: '127.0.0.1', port })
  programs.push(socket)
  return echo(socket, text).then(
    () => socket,
    () => undefined,
  )
}

/** Sends `text` and resolves once it has come back. */
export function echo(socket: Socket, text: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said === text) resolve()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('closed')))
    socket.write(text)
  }).then(() => {
    socket.removeAllListeners('data')
    return undefined
  })
}

/** Connects many times to ports, and returns the connections that echo. */
export async function manyTo(ports: readonly number[]): Promise<Socket[]> {
  const all = Array.from({ length: 400 }, (_, index) => echoing(ports[index % ports.length]!, `ping ${index}`))
  const sockets = await Promise.all(all)
  return sockets.filter((socket) => socket !== undefined)
}

/** Resets connections and waits until the process has room for as many. */
export async function closeSome(
  sockets: readonly Socket[],
  ports: readonly number[],
  count: number,
): Promise<Socket[]> {
  const closing = sockets.slice(0, count)
  for (const socket of closing) socket.resetAndDestroy()
  const again: Socket[] = []
  // A reset is noticed a moment after it was sent.
  while (again.length < count) {
    const socket = await echoing(ports[again.length % ports.length]!, 'again')
    if (socket !== undefined) again.push(socket)
  }
  return [...sockets.slice(count), ...again]
}

/** Starts a simulator for each test; call it at the top of a test file. */
export function stageScarceFiles(): void {
  // Interfaces are looked at every 3 s, and a busy machine is slow.
  vi.setConfig({ testTimeout: 120_000 })
  beforeAll(() => {
    bundle = bundledPrograms()
  })
  beforeEach(async () => {
    simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, instances: 0 })
    home = await mkdtemp(path.join(tmpdir(), 'culvert-exhaustion-'))
    programs = []
    await mkdir(path.join(home, '.aws'))
    const hogged = `--import data:text/javascript,${encodeURIComponent(hog)}`
    env = {
      ...environmentOf(simulator),
      HOME: home,
      CULVERT_DATA_DIR: path.join(home, 'data'),
      NODE_OPTIONS: hogged,
    }
  })
  afterEach(async () => {
    for (const socket of programs) socket.destroy()
    await simulator[Symbol.asyncDispose]()
    await rm(home, { recursive: true })
  })
}
