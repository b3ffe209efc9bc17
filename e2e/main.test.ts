// The wiring of the Electron door, over a stand-in for Electron (kit/window/electron.ts): its start, its journal, and its end.

import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import type { JournalEntry } from '../shared/model/journal'
import { environmentOf } from './kit/programs/cli'
import type { Order, Question, Said } from './kit/window/electron'

const root = path.resolve(import.meta.dirname, '..')

let bundle: string
let simulator: Simulator
let home: string

beforeAll(async () => {
  bundle = mkdtempSync(path.join(root, 'node_modules', '.culvert-main-'))
  const script =
    "import { build } from 'esbuild'; import { nodeBundles } from './build/bundles.mjs';" +
    'const { external, ...rest } = nodeBundles;' +
    `await build({ ...rest, entryPoints: { main: 'electron/main.ts' }, outdir: ${JSON.stringify(bundle)},` +
    " external: external.filter((name) => name !== 'electron'), alias: { electron: './e2e/kit/window/electron.ts' } })"
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, stdio: 'inherit' })
  const [status] = (await once(child, 'exit')) as [number]
  expect(status).toBe(0)
  await mkdir(path.join(bundle, 'renderer'))
})
afterAll(() => rm(bundle, { recursive: true, force: true }))
beforeEach(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  home = await mkdtemp(path.join(tmpdir(), 'culvert-main-'))
  await mkdir(path.join(home, 'data'), { mode: 0o700 })
})
afterEach(async () => {
  await simulator[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

const statuses = (): string[] => simulator.sessions().map(({ status }) => status)

interface Door {
  readonly child: ChildProcess
  readonly said: readonly Said[]
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>
  order(order: Order): void
  /** The values reported for `what`, in order. */
  of(what: Said['what']): (string | undefined)[]
}

function begin(more: NodeJS.ProcessEnv = {}, ...args: string[]): Door {
  const child = fork(path.join(bundle, 'main.mjs'), ['--endpoint-url', simulator.endpointUrl, ...args], {
    env: { ...environmentOf(simulator), HOME: home, CULVERT_DATA_DIR: path.join(home, 'data'), ...more },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: Said[] = []
  let stderr = ''
  child.on('message', (message: Said) => said.push(message))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return {
    child,
    said,
    ended: once(child, 'close').then(([status]) => ({ status: status as number | null, stderr })),
    order: (order) => void child.send(order),
    of: (what) => said.filter((each) => each.what === what).map(({ text }) => text),
  }
}

/** A door with its window and one forward that is up. */
async function beginUp(more: NodeJS.ProcessEnv = {}, ...args: string[]): Promise<Door> {
  const { id } = simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-1')!
  const forward = {
    id: 'f',
    name: 'web',
    environment: { kind: 'aws', region: simulator.region },
    target: { kind: 'id', instanceId: id },
    remotePort: 80,
    startAtLaunch: true,
  }
  await writeFile(path.join(home, 'data', 'forwards.json'), JSON.stringify({ version: 1, data: [forward] }))
  const door = begin(more, ...args)
  await vi.waitFor(() => expect(door.of('show')).toHaveLength(1), 20_000)
  await vi.waitFor(() => expect(statuses()).toEqual(['Connected']), 20_000)
  return door
}

async function journal(): Promise<JournalEntry[]> {
  const text = await readFile(path.join(home, 'data', 'journal.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry)
}

test('a fault is written down, the session is ended, one box of ours tells it, and the status is 1', async () => {
  const throwing = `process.on('SIGUSR2', () => { setInterval(() => { throw new Error('again') }, 1); throw new Error('boom') })`
  const door = await beginUp({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(throwing)}` })
  door.child.kill('SIGUSR2')
  const { status, stderr } = await door.ended
  const sentence = 'Culvert has a fault and ends (boom): start it again, and report this if it comes back.'
  expect({ status, stderr }).toEqual({ status: 1, stderr: `culvert: internal: ${sentence}\n` })
  expect(door.of('box')).toEqual([`Culvert has ended: ${sentence}`])
  expect(statuses()).toEqual(['Terminated'])
  expect((await journal()).filter(({ error }) => error?.message === sentence)).toHaveLength(1)
})

test.each([
  ['a logoff of Windows', { from: 'window', event: 'query-session-end', fields: { reasons: ['logoff'] } }, true],
  [
    'a critical logoff of Windows',
    { from: 'window', event: 'query-session-end', fields: { reasons: ['critical'] } },
    false,
  ],
  ['the end of a Windows session', { from: 'window', event: 'session-end', fields: { reasons: [] } }, false],
  ['a shutdown of Linux or macOS', { from: 'power', event: 'shutdown' }, true],
] as const)('%s ends our session in order, and is delayed for that where it can be', async (_, order, isHeld) => {
  const door = await beginUp()
  door.order(order)
  expect(await door.ended).toEqual({ status: 0, stderr: '' })
  expect(statuses()).toEqual(['Terminated'])
  expect(door.of('prevented')).toEqual(isHeld ? [order.event] : [])
})

test('a download is refused, and a helper that dies and a page that hangs are written down once', async () => {
  const door = await beginUp({ STANDIN_PACKAGED: '1' }, '--no-sandbox')
  const details = { url: 'https://example.com/a.txt', fileName: 'a.txt' }
  door.order({ from: 'session', event: 'will-download', details })
  const gone = { type: 'GPU', reason: 'crashed', exitCode: 139 }
  for (let time = 0; time < 3; time += 1) door.order({ from: 'app', event: 'child-process-gone', details: gone })
  for (let time = 0; time < 3; time += 1) door.order({ from: 'window', event: 'unresponsive' })
  door.order({ from: 'window', event: 'responsive' })
  door.order({ from: 'power', event: 'shutdown' })
  expect(await door.ended).toEqual({ status: 0, stderr: '' })
  expect(door.of('prevented')).toEqual(['will-download', 'shutdown'])
  const told = (await journal()).filter(({ subject }) => subject.kind === 'app').map(({ text }) => text)
  expect(told).toEqual([
    expect.stringContaining('without its sandbox'),
    'The GPU process has crashed. Tunnels of AWS environments go on.',
    'The window does not answer. It is loaded again if that lasts. Tunnels and terminals go on.',
  ])
})

test('a link in a shell is opened after a yes to its whole address, one question at a time', async () => {
  const door = await beginUp()
  const follow = (url: string): void => door.order({ from: 'contents', event: 'open-window', details: { url } })
  const answer = (response: number): void => door.order({ from: 'contents', event: 'answer', details: { response } })
  const questions = (): Question[] => door.of('question').map((text) => JSON.parse(text ?? '') as Question)
  const address = `https://example.com/a?token=${'x'.repeat(300)}#end`
  follow(address)
  await vi.waitFor(() => expect(questions()).toHaveLength(1))
  expect(questions()[0]).toMatchObject({ message: 'Open example.com in your browser?', detail: address })
  const { buttons, defaultId, cancelId } = questions()[0]!
  expect([buttons[defaultId], buttons[cancelId], buttons[1]]).toEqual(['Cancel', 'Cancel', 'Open'])
  // A page could ask endlessly; and the addresses in the list are never opened.
  follow('https://example.org/')
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'vscode://x', 'https://user@example.com/', ''])
    follow(url)
  await vi.waitFor(() => expect(door.of('action')).toEqual(Array.from({ length: 7 }, () => 'deny')))
  answer(0)
  // Once the first answer was processed.
  await vi.waitFor(() => {
    follow('https://example.net/b')
    expect(questions()).toHaveLength(2)
  })
  expect([questions()[1]?.detail, door.of('open')]).toEqual(['https://example.net/b', []])
  answer(1)
  await vi.waitFor(() => expect(door.of('open')).toEqual(['https://example.net/b']))
  door.order({ from: 'power', event: 'shutdown' })
  await door.ended
})

test('the page goes nowhere but to itself', async () => {
  const door = await beginUp()
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
    door.order({ from: 'contents', event, fields: { url: 'https://example.com/', isMainFrame: true } })
  }
  door.order({ from: 'contents', event: 'will-attach-webview' })
  door.order({ from: 'power', event: 'shutdown' })
  await door.ended
  expect(door.of('prevented')).toEqual([
    'will-navigate',
    'will-redirect',
    'will-frame-navigate',
    'will-attach-webview',
    'shutdown',
  ])
})

test('a second start says that Culvert runs already, opens nothing, and exits with 0', async () => {
  const door = begin({ STANDIN_SECOND: '1' })
  expect(await door.ended).toEqual({ status: 0, stderr: 'culvert: Culvert runs already: its window is shown.\n' })
  expect([door.of('show'), door.of('box')]).toEqual([[], []])
})

test('a start that fails late gives the data directory back, and one box tells why', async () => {
  await rm(path.join(bundle, 'renderer'), { recursive: true })
  onTestFinished(() => mkdir(path.join(bundle, 'renderer')).then(() => undefined))
  const door = begin()
  const { status, stderr } = await door.ended
  expect(status).toBe(1)
  expect(stderr).toMatch(/^culvert: internal: [^\n]*ENOENT[^\n]*\n$/)
  expect(door.of('box')).toEqual([expect.stringMatching(/^Culvert could not start: .*ENOENT/)])
  expect((await readdir(path.join(home, 'data'))).filter((name) => name.includes('sock'))).toEqual([])
})

test('a data directory that is not ours is refused before anything is made in it', async () => {
  const shared = path.join(home, 'shared')
  await mkdir(shared)
  await chmod(shared, 0o1777)
  const door = begin({ CULVERT_DATA_DIR: shared })
  const { status, stderr } = await door.ended
  expect(status).toBe(1)
  expect(stderr).toMatch(/^culvert: data-directory: .* is shared by everybody: [^\n]*\n$/)
  expect(door.of('box')).toHaveLength(1)
  expect([await readdir(shared), door.of('setPath')]).toEqual([[], []])
})
