// A bug that throws outside any handler, in real processes: the web host, the command line and the simulator.
//
// A module that Node loads before the program throws it at a signal. Our programs do not know that module.

import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { lockDirectory } from '../electron/core/lock/lock'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import type { JournalEntry } from '../shared/model/journal'
import { bundledPrograms, environmentOf, start, startScript, type Bundle, type Running } from './kit/programs/cli'

const REDACTED = /^(culvert: internal: )?Culvert has a fault and ends \(boom of AKIA\[redacted\]\): start it again/

/** The module's code: at SIGUSR2 it runs `what`. */
const atSignal = (what: string): string =>
  `--import data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${what} })`)}`

const THROW = `throw new Error('boom of AKIAIOSFODNN7EXAMPLE')`
const REJECT = `Promise.reject(new Error('boom of AKIAIOSFODNN7EXAMPLE'))`
const AGAIN = `setInterval(() => { throw new Error('again') }, 1); ${REJECT}; ${THROW}`

let bundle: Bundle
let simulator: Simulator
let home: string

beforeAll(async () => {
  bundle = bundledPrograms()
})
beforeEach(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  home = await mkdtemp(path.join(tmpdir(), 'culvert-last-'))
})
afterEach(async () => {
  await simulator[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

const idOf = (name: string): string => simulator.world.instances.find(({ tags }) => tags['Name'] === name)!.id
const statuses = (): string[] => simulator.sessions().map(({ status }) => status)
const environment = (what: string): NodeJS.ProcessEnv => ({
  ...environmentOf(simulator),
  HOME: home,
  CULVERT_DATA_DIR: path.join(home, 'data'),
  NODE_OPTIONS: atSignal(what),
})

function owned(running: Running): Running {
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

/** A web host with one forward that is up. */
async function startWeb(what: string): Promise<Running> {
  await mkdir(path.join(home, 'data'), { mode: 0o700 })
  const forward = {
    id: 'f',
    name: 'web',
    environment: { kind: 'aws', region: simulator.region },
    target: { kind: 'id', instanceId: idOf('web-1') },
    remotePort: 80,
    startAtLaunch: true,
  }
  await writeFile(path.join(home, 'data', 'forwards.json'), JSON.stringify({ version: 1, data: [forward] }))
  const running = owned(startScript(bundle.web, ['--endpoint-url', simulator.endpointUrl], environment(what)))
  await vi.waitFor(() => expect(statuses(), running.told()).toEqual(['Connected']), 20_000)
  return running
}

async function journal(): Promise<JournalEntry[]> {
  const text = await readFile(path.join(home, 'data', 'journal.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry)
}

test.each([
  ['an exception', THROW],
  ['a rejection', REJECT],
  ['an exception that is followed by more', AGAIN],
])(
  'the web host that meets with %s writes it down, ends its session, says it once and exits with 1',
  async (_, what) => {
    const running = await startWeb(what)
    running.child.kill('SIGUSR2')
    const { status, signal, stderr } = await running.ended
    expect({ status, signal }).toEqual({ status: 1, signal: null })
    expect(stderr).toMatch(REDACTED)
    expect(stderr.match(/\n/g)).toHaveLength(1)
    expect(statuses()).toEqual(['Terminated'])
    const entries = await journal()
    const at = entries.findIndex(({ text }) => text === 'Culvert has a fault and ends. Its sessions are ended first.')
    expect(entries[at]).toMatchObject({
      tone: 'failed',
      subject: { kind: 'app' },
      error: { code: 'internal', message: expect.stringMatching(REDACTED) as string },
      facts: { Where: expect.any(String) as string },
    })
    expect(entries.filter(({ text }) => text.includes('has a fault'))).toHaveLength(1)
    // The directory is unlocked again.
    const lock = await lockDirectory(path.join(home, 'data'), { pid: process.pid, door: 'test', startedAt: 0 })
    await lock[Symbol.asyncDispose]()
  },
)

test('a web host that finds its port taken gives its data directory back before it ends', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const running = owned(startScript(bundle.web, ['--port', String(port)], environment(THROW)))
  const { status, stderr } = await running.ended
  expect(status).toBe(1)
  expect(stderr).toMatch(/^culvert: port-in-use: [^\n]*\n$/)
  expect((await readdir(path.join(home, 'data'))).filter((name) => name.includes('sock'))).toEqual([])
})

test('the web host goes on when nobody reads what it says', async () => {
  const running = await startWeb(`process.stderr.write('x'); process.stdout.write('READY again')`)
  const { stdout, stderr } = running.child
  const closed = [once(stdout, 'close'), once(stderr, 'close')]
  stdout.destroy()
  stderr.destroy()
  await Promise.all(closed)
  running.child.kill('SIGUSR2')
  running.child.kill('SIGTERM')
  const [status] = (await once(running.child, 'exit')) as [number | null]
  expect(status).toBe(0)
  expect(statuses()).toEqual(['Terminated'])
})

test.each([
  ['an exception', THROW],
  ['a rejection', REJECT],
  ['an exception that is followed by more', AGAIN],
])('culvert forward that meets with %s ends its session, says it once and exits with 1', async (_, what) => {
  const running = owned(start(bundle, ['forward', idOf('web-1'), '--remote-port', '80'], environment(what)))
  await vi.waitFor(() => expect(running.printed(), running.told()).toContain('Forwarding'), 20_000)
  expect(statuses()).toEqual(['Connected'])
  running.child.kill('SIGUSR2')
  const { status, stderr } = await running.ended
  expect(status).toBe(1)
  // The first line is the forecast of the keys.
  const told = stderr.replace(/^culvert: keys' end unknown[^\n]*\n/, '')
  expect(told).toMatch(REDACTED)
  expect(told.match(/\n/g)).toHaveLength(1)
  expect(statuses()).toEqual(['Terminated'])
})

test('culvert shell in the middle of a line ends its session and exits with 1', async () => {
  const running = owned(start(bundle, ['shell', idOf('web-1')], environment(THROW)))
  await vi.waitFor(() => expect(running.printed(), running.told()).toContain('sh-5.1$ '), 20_000)
  running.child.kill('SIGUSR2')
  expect((await running.ended).status).toBe(1)
  expect(statuses()).toEqual(['Terminated'])
})
