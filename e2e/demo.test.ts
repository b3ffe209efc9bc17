// A Demo whose process dies: the cause is reported, and its forwards and terminals come back in a new one.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCore } from '../electron/core/core'
import { defaultTiming } from '../electron/core/sessions/timing'
import { spawnDemoChild } from '../electron/demo'
import type { TunnelState } from '../shared/model/forward'
import type { InstanceList } from '../shared/model/instance'
import type { TerminalView } from '../shared/model/terminal'
import { bundledPrograms, type Bundle } from './kit/programs/cli'
import { Window } from './kit/aws/core'

let bundle: Bundle
let home: string
let window: Window
let forwardStates: TunnelState[]
let lists: InstanceList['state'][]

beforeAll(() => {
  bundle = bundledPrograms()
})
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'culvert-dying-'))
  await writeScript()
  const core = await createCore({
    dataDirectory: path.join(home, 'data'),
    door: 'test',
    demo: true,
    env: { HOME: home },
    timing: { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 400 },
    spawnDemo: () => spawnDemoChild(path.join(home, 'demo.mjs')),
  })
  forwardStates = []
  lists = []
  core.subscribe((name, event) => {
    if (name !== 'snapshot.patch' || !('forwards' in event || 'instances' in event)) return
    const [forward] = 'windowId' in event ? event.forwards : (event.forwards?.set ?? [])
    if (forward !== undefined) forwardStates.push(forward.state)
    if (event.instances !== undefined) lists.push(event.instances.state)
  })
  window = new Window(core)
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

/** Writes the Demo's program: it records its process id, runs `first`, and then acts as the simulator. */
async function writeScript(first = ''): Promise<void> {
  const simulator = pathToFileURL(path.join(path.dirname(bundle.cli), 'simulator.mjs')).href
  const source = `
    import { appendFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(path.join(home, 'pids'))}, process.pid + '\\n')
    process.on('SIGUSR2', () => { console.error('out of\\nmemory'); process.exit(3) })
    ${first}
    await import(${JSON.stringify(simulator)})
  `
  await writeFile(path.join(home, 'demo.mjs'), source)
}

/** The process ids so far, oldest first. */
async function pids(): Promise<number[]> {
  const text = await readFile(path.join(home, 'pids'), 'utf8')
  return text.trim().split('\n').map(Number)
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  process.kill((await pids()).at(-1) ?? 0, signal)
}

async function up(): Promise<string> {
  const instanceId = await window.instance('web-2')
  const target = { kind: 'name', name: 'web-2' } as const
  const fields = { name: 'page', target, remotePort: 8_080, startAtLaunch: false }
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  await window.reach(forwardId, 'up')
  expect(instanceId).toBe(window.forward(forwardId).instance?.id)
  return forwardId
}

async function page(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return response.text()
}

function terminal(): TerminalView['state'] | undefined {
  return window.state.terminals[0]?.state
}

test('a Demo that is killed is named as the cause, and a new one takes its place', async () => {
  const forwardId = await up()
  const instanceId = await window.instance('web-2')
  const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  await window.until(() => terminal()?.kind === 'open')
  const { localPort } = window.forward(forwardId)
  const state = window.forward(forwardId).state
  const sessionId = state.kind === 'up' ? state.sessionId : ''
  const message = expect.stringContaining("The Demo's process has ended by itself (it ended with SIGKILL)")
  forwardStates = []
  lists = []
  await kill('SIGKILL')

  const ended = await window.until(() => terminal()?.kind === 'ended' && terminal())
  expect(ended).toMatchObject({ text: message, error: { code: 'simulator-failed' } })
  await window.until(() => {
    const now = window.forward(forwardId).state
    return now.kind === 'up' && now.sessionId !== sessionId
  })
  expect(window.forward(forwardId).localPort).toBe(localPort)
  expect(await page(localPort)).toContain('web-2')
  expect(forwardStates).toContainEqual(
    expect.objectContaining({ kind: 'reconnecting', via: 'restart', cause: { code: 'simulator-failed', message } }),
  )
  await window.until(
    ({ instances, environment }) => instances.state.kind === 'ready' && environment.state.kind === 'open',
  )
  expect(lists).toContainEqual({
    kind: 'failed',
    error: { code: 'simulator-failed', message },
    retryAt: expect.any(Number),
  })
  expect(window.journal).toContainEqual(
    expect.objectContaining({ subject: { kind: 'environment', name: 'Demo' }, text: 'has ended by itself.' }),
  )
  expect(window.journal.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^restarted with a new session/))

  await window.ask('terminal.restart', { terminalId, cols: 80, rows: 24 })
  await window.until(() => terminal()?.kind === 'open')
  await window.ask('terminal.write', { terminalId, text: 'echo again-$((1+1))\r' })
  await window.until(() => window.output.get(terminalId)?.includes('again-2'))
  expect(await pids()).toHaveLength(2)
})

test('a Demo that ends by itself is quoted', async () => {
  await window.instance('web-2')
  await kill('SIGUSR2')
  const notice = await window.until(({ environment: { state } }) => state.kind === 'failed' && state.error.message)
  expect(notice).toContain('(it ended with 3; it said: out of memory)')
  await window.until(({ environment }) => environment.state.kind === 'open')
  await window.instance('web-2')
})

test('a Demo that cannot be started again fails its forward, which a person may retry', async () => {
  const forwardId = await up()
  await writeScript('console.error("no memory left"); process.exit(4)')
  await kill('SIGKILL')
  const { error } = await window.reach(forwardId, 'failed')
  expect(error).toMatchObject({ code: 'simulator-failed', message: expect.stringContaining('no memory left') })
  await window.until(({ instances: { state } }) => state.kind === 'failed' && state.retryAt === undefined)
  await writeScript()
  await window.ask('forward.retry', { forwardId })
  await window.reach(forwardId, 'up')
  await window.ask('instances.refresh', {})
  await window.instance('web-2')
  expect(window.state.environment.state.kind).toBe('open')
})

test('a Demo that dies time after time is started after pauses that grow, until its forward is turned off', async () => {
  const forwardId = await up()
  // It exits 50 ms after its first output, which announces its address.
  await writeScript(`
    const write = process.stdout.write.bind(process.stdout)
    process.stdout.write = (...words) => { write(...words); setTimeout(() => process.exit(5), 50); return true }
  `)
  await kill('SIGKILL')
  await window.until(() => {
    const { state } = window.forward(forwardId)
    return state.kind === 'reconnecting' && state.via === 'restart' && state.attempt >= 4
  })
  const attempts = forwardStates.map((state) =>
    state.kind === 'reconnecting' && state.via === 'restart' ? state.attempt : 0,
  )
  expect([...new Set(attempts.filter((attempt) => attempt > 0))]).toEqual([1, 2, 3, 4])
  await window.ask('forward.stop', { forwardId })
  expect(window.forward(forwardId)).toMatchObject({ isOn: false, state: { kind: 'off' } })
})
