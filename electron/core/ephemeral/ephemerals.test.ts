// Ephemeral sessions as terminals: the requests of a window, the terminal, and a simulator in whose containers the watcher runs.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import { quick, Watched } from '../../../e2e/kit/aws/forwards'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentId } from '../../../shared/environmentsettings'
import type { TerminalView } from '../../../shared/model/terminal'
import { defaultSettings, type Settings } from '../../../shared/settings'
import { Environments } from '../environments/environments'
import { ephemeralHandlers } from '../ephemeralroutes'
import { openJournal, type Journal } from '../store/journal'
import { Terminals } from '../terminals/terminals'
import { Ephemerals } from './ephemerals'
import { Holdings } from './holdings'
import { defaultEphemeralTiming } from './timing'

const CLUSTER = 'demo-production'
const size = { cols: 80, rows: 24 }
const web = { cluster: CLUSTER, service: 'storefront-web', ...size }

let stage: Stage
let folder: string
let journal: Journal
let terminals: Terminals
let settings: Settings
let holdings: Holdings
let handlers: ReturnType<typeof ephemeralHandlers>
let watched: Watched
const output = new Map<string, string>()
const life = new AbortController()

beforeEach(async () => {
  stage = await openStage(
    { clock: { minuteMs: 600 }, containers: { delays: { provisioningMs: 1, pullMs: 1, agentMs: 1 } } },
    { ...quick, resumeDeadlineMs: 500 },
  )
  folder = await mkdtemp(join(tmpdir(), 'culvert-ephemerals-'))
  journal = await openJournal('/nowhere', { now: Date.now, onEntry: () => undefined })
  watched = new Watched()
  output.clear()
  settings = defaultSettings
  holdings = new Holdings(folder, 'app')
  terminals = new Terminals({
    journal,
    now: Date.now,
    changed: () => watched.tell(),
    output: (id, _, bytes) => {
      output.set(id, (output.get(id) ?? '') + bytes.toString())
      watched.tell()
    },
  })
  const environments = new Environments(() => Promise.resolve(stage.environment))
  const ephemerals = new Ephemerals({
    environments,
    holdings,
    computer: '0a1b2c3d4e5f',
    settings: () => settings,
    journal,
    timing: { ...defaultEphemeralTiming, pollMs: 20, maxPollMs: 20, proofMs: 2_000 },
    now: Date.now,
    signal: life.signal,
  })
  handlers = ephemeralHandlers({ ephemerals, shown: { view: { ref: { kind: 'demo' } } }, terminals, environments })
})
afterEach(async () => {
  await terminals[Symbol.asyncDispose]()
  expect(await holdings.all()).toEqual([])
  await journal[Symbol.asyncDispose]()
  await stage.close()
  await rm(folder, { recursive: true, force: true })
})

const tasks = () =>
  stage.simulator.ecs.tasksOf(CLUSTER).filter(({ making }) => making.startedBy === 'culvert-ephemeral')
const stopped = (): Promise<unknown> => expect.poll(() => tasks().at(-1)?.desiredStatus).toBe('STOPPED')

async function open(parameters: Parameters<(typeof handlers)['ephemeral.open']>[0] = web): Promise<string> {
  return (await handlers['ephemeral.open'](parameters, 'w')).terminalId
}

/** Waits until a terminal stands so. */
function reach(id: string, kind: TerminalView['state']['kind']): Promise<TerminalView> {
  return watched.until(() => terminals.views.find((view) => view.id === id && view.state.kind === kind))
}

test('a terminal opens one, ends its task with `exit`, and starts another task when it is started again', async () => {
  const id = await open()
  const first = await reach(id, 'open')
  expect(first).toMatchObject({ instance: { id: '', name: 'storefront-web (ephemeral)' } })
  expect(first.ephemeral).toMatchObject({ taskId: tasks()[0]?.id, container: 'app', command: '/bin/sh' })
  expect(tasks()[0]?.tags['culvert:operation']).toBe(first.ephemeral?.operationId)
  await terminals.write(id, 'echo in-$((40 + 2)); exit 3\r')
  await watched.until(() => output.get(id)?.includes('in-42'))
  await reach(id, 'ended')
  await expect.poll(() => tasks()[0]?.containers[0]?.exitCode).toBe(3)
  terminals.restart(id, { windowId: 'w', size })
  const second = await reach(id, 'open')
  expect(second.ephemeral?.operationId).not.toBe(first.ephemeral?.operationId)
  expect(tasks().map(({ desiredStatus }) => desiredStatus)).toEqual(['STOPPED', 'RUNNING'])
  expect(tasks()[1]?.tags['culvert:operation']).toBe(second.ephemeral?.operationId)
  await terminals.close(id)
  await stopped()
  expect(await holdings.all()).toEqual([])
})

test('the limit counts those that are open; they are listed with their holder and can be stopped', async () => {
  const { name, region } = stage.environment
  settings = { ...defaultSettings, environments: { [environmentId(name, region)]: { ephemeralLimit: 1 } } }
  const id = await open()
  const { ephemeral } = await reach(id, 'open')
  const { sessions, limit } = await handlers['ephemeral.list']({}, 'w')
  const listed = { taskId: ephemeral?.taskId, service: 'demo-production/storefront-web', holder: 'mine' }
  expect([sessions, limit]).toMatchObject([[listed], 1])
  const refused = await reach(await open(), 'ended')
  expect(refused.state).toMatchObject({ error: { code: 'ephemeral-limit' } })
  expect(tasks()).toHaveLength(1)
  const plan = await handlers['ephemeral.plan']({ cluster: CLUSTER, service: 'storefront-web' }, 'w')
  expect(plan).toMatchObject({ open: 1, limit: 1, problem: expect.stringContaining('end one first') })
  await handlers['ephemeral.stop']({ cluster: CLUSTER, taskId: ephemeral?.taskId ?? '' }, 'w')
  expect(tasks()[0]?.stoppedReason).toBe('Culvert: ended by a person.')
  await terminals.close(id)
})

test('the end of the app stops the task, and so does a connection that stays lost beyond the resume', async () => {
  const id = await open()
  const { state } = await reach(id, 'open')
  const sessionId = state.kind === 'open' ? state.sessionId : ''
  stage.simulator.faults.apply({ kind: 'refuse-upgrades' })
  stage.simulator.cut(sessionId)
  await reach(id, 'ended')
  await stopped()
  stage.simulator.faults.clear()
  await reach(await open(), 'open')
  expect(tasks()).toHaveLength(2)
  await terminals[Symbol.asyncDispose]()
  expect(tasks()[1]?.desiredStatus).toBe('STOPPED')
})

test('an image that ignores its command gets an offer, which a person may accept', async () => {
  const id = await open({ ...web, service: 'billing-worker' })
  const { state, ephemeral } = await reach(id, 'ended')
  expect(state).toMatchObject({ error: { code: 'entry-point' } })
  expect(ephemeral?.offer).toEqual({ kind: 'derived-definition', family: 'billing-worker-culvert-ephemeral' })
  await handlers['ephemeral.derive']({ terminalId: id, ...size }, 'w')
  await reach(id, 'open')
  expect(tasks().map(({ making }) => making.definition.family)).toEqual([
    'billing-worker',
    'billing-worker-culvert-ephemeral',
  ])
  const other = await open({ ...web, service: 'billing-worker' })
  expect((await reach(other, 'ended')).ephemeral?.offer).toBeDefined()
  await terminals.close(other)
  for (const terminalId of [other, 'other'])
    expect(() => handlers['ephemeral.derive']({ terminalId, ...size }, 'w')).toThrow('offers no task definition')
})
