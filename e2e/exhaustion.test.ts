// Processes that may open 256 files and get 400 connections, and processes without any free descriptor.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { bundleCli, environmentOf, type Bundle } from './kit/cli'

// Interfaces are polled every 3 s, and a busy machine is slow.
vi.setConfig({ testTimeout: 120_000 })

const FILES = 256
const MAX_CONNECTIONS = FILES - 64

/**
 * Loaded into a process under test. A SIGUSR2 makes it take every free descriptor; the next one makes it release them all. It
 * also reports when the system refuses to list the interfaces (so the timer that asks for them has survived this), and when
 * the AWS files have changed: Node notifies all watchers of one file together, the product's first.
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

let bundle: Bundle
let simulator: Simulator
let home: string
let env: NodeJS.ProcessEnv
let programs: Socket[]

beforeAll(async () => {
  bundle = await bundleCli()
})
afterAll(() => bundle[Symbol.dispose]())

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

/** A process under test and its output. */
interface Process {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly printed: () => string
  readonly told: () => string
  /** Resolves with the first match of `pattern` in its output, from the character `from` on. */
  readonly says: (pattern: RegExp, from?: number) => Promise<RegExpExecArray>
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>
}

/** Starts one of our bundles with a limit of open files. */
function start(script: string, ...words: string[]): Process {
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

/**
 * Connects and sends `text`; resolves with the socket once the text was echoed, or with undefined if the socket was closed.
 */
function echoing(port: number, text: string): Promise<Socket | undefined> {
  const socket = connect({ host: '127.0.0.1', port })
  programs.push(socket)
  return echo(socket, text).then(
    () => socket,
    () => undefined,
  )
}

/** Sends `text` and resolves once it was echoed. */
function echo(socket: Socket, text: string): Promise<void> {
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

async function manyTo(ports: readonly number[]): Promise<Socket[]> {
  const all = Array.from({ length: 400 }, (_, index) => echoing(ports[index % ports.length]!, `ping ${index}`))
  const sockets = await Promise.all(all)
  return sockets.filter((socket) => socket !== undefined)
}

/** Resets connections and waits until the process accepts as many new ones. */
async function closeSome(sockets: readonly Socket[], ports: readonly number[], count: number): Promise<Socket[]> {
  const closing = sockets.slice(0, count)
  for (const socket of closing) socket.resetAndDestroy()
  const again: Socket[] = []
  // The process notices a reset a moment later.
  while (again.length < count) {
    const socket = await echoing(ports[again.length % ports.length]!, 'again')
    if (socket !== undefined) again.push(socket)
  }
  return [...sockets.slice(count), ...again]
}

async function freePort(): Promise<number> {
  const free = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
  await free[Symbol.asyncDispose]()
  return free.port
}

interface Line {
  readonly type?: string
  readonly kind?: string
  readonly error?: { readonly code: string; readonly message: string }
}

describe('culvert forward with 256 open files', () => {
  async function forward(): Promise<Process & { port: number; lines: () => Line[] }> {
    const running = start(bundle.cli, 'forward', 'web-2', '--remote-port', '7', '--json')
    const [, port] = await running.says(/"listening".*"port":(\d+)/)
    const lines = (): Line[] =>
      running
        .printed()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line)
    return { ...running, port: Number(port), lines }
  }

  it('carries as many of 400 connections as it has descriptors for, refuses the others with a sentence, and goes on', async () => {
    const { port, child, lines, ended, says } = await forward()
    const carried = await manyTo([port])
    expect(carried).toHaveLength(MAX_CONNECTIONS)
    await says(new RegExp(`(.*"connection-limit".*\\n){${400 - MAX_CONNECTIONS}}`))
    const refusals = lines().filter(({ kind }) => kind === 'connection-failed')
    expect(refusals).toHaveLength(400 - MAX_CONNECTIONS)
    for (const { error } of refusals) {
      expect(error).toEqual({
        code: 'connection-limit',
        message: expect.stringMatching(/^Culvert takes 192 local .* 256 open files: .*\(ulimit -n\)/),
      })
    }
    await Promise.all(carried.map((socket) => echo(socket, 'still here')))
    const now = await closeSome(carried, [port], 20)
    await Promise.all(now.map((socket) => echo(socket, 'and now')))
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('lives through having no descriptor at all: connections stay, a lost session waits, and all goes on afterwards', async () => {
    const { port, child, printed, ended, says } = await forward()
    const [, sessionId = ''] = await says(/"sessionId":"([^"]+)"/)
    const carried = await Promise.all(Array.from({ length: 5 }, () => echoing(port, 'before')))
    child.kill('SIGUSR2')
    await says(/hog: full/)
    // The system closes connections that it cannot accept.
    expect(await echoing(port, 'too much')).toBeUndefined()
    await says(/(hog: no interfaces[^]*){2}/)
    for (const socket of carried) await echo(socket!, 'during')
    // The descriptor of the cut socket is free for a moment: a quick attempt succeeds with it.
    let from = 0
    for (let outcome = ''; outcome !== '"attempt":3';) {
      simulator.cut(sessionId, 'rst')
      const found = await says(/"attempt":3|"resumed"/, from)
      outcome = found[0]
      from += found.index + outcome.length
    }
    // A changed AWS file causes a wake.
    await writeFile(path.join(home, '.aws', 'config'), '[default]\n')
    await says(/hog: new AWS files/)
    await says(/"attempt":/, from)
    const answers = carried.map((socket) => echo(socket!, 'over the outage'))
    child.kill('SIGUSR2')
    await says(/hog: empty/)
    await says(/"kind":"resumed"/, from)
    await Promise.all(answers)
    expect(await echoing(port, 'after')).toBeDefined()
    expect(printed()).not.toContain('"restarted"')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})

describe('the app with 256 open files', () => {
  it('shares them among its forwards, also of two environments, tells it in the journal, and survives their end', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
    const keys = [
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
      `aws_session_token = ${sessionToken}`,
    ].join('\n')
    await writeFile(path.join(home, '.aws', 'credentials'), `[one]\n${keys}\n[other]\n${keys}\n`)
    const ports = [await freePort(), await freePort()]
    const data = ['one', 'other'].map((profile, index) => ({
      id: profile,
      environment: { kind: 'aws', profile, region: simulator.region },
      name: profile,
      target: { kind: 'name', name: 'web-2' },
      remotePort: 7,
      localPort: ports[index],
      startAtLaunch: true,
    }))
    await mkdir(path.join(home, 'data'), { mode: 0o700 })
    await writeFile(path.join(home, 'data', 'forwards.json'), JSON.stringify({ version: 1, data }))
    const { child, ended, says } = start(bundle.web, '--profile', 'one', '--region', simulator.region)
    await says(/^READY /m)
    const carried: Socket[] = []
    // The connections are held until their session is open.
    for (const port of ports) {
      let socket: Socket | undefined
      while (socket === undefined) socket = await echoing(port, 'first')
      carried.push(socket)
    }
    carried.push(...(await manyTo(ports)))
    expect(carried).toHaveLength(MAX_CONNECTIONS)
    let journal = ''
    while (!journal.includes('"connection-limit"')) {
      journal = await readFile(path.join(home, 'data', 'journal.jsonl'), 'utf8')
    }
    expect(journal).toMatch(/"connection-limit".*Culvert takes 192 local .* 256 open files/)
    const now = await closeSome(carried, ports, 20)
    child.kill('SIGUSR2')
    await says(/hog: full/)
    await says(/(hog: no interfaces[^]*){4}/)
    for (const port of ports) expect(await echoing(port, 'too much')).toBeUndefined()
    await Promise.all(now.map((socket) => echo(socket, 'during')))
    child.kill('SIGUSR2')
    await says(/hog: empty/)
    for (const socket of await closeSome(now, ports, 20)) await echo(socket, 'after')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
