// culvert ephemeral against the simulator, whose containers are processes of this computer: the watcher really runs in them.

import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { createCore } from '../electron/core/core'
import { Window } from './kit/aws/core'
import { startScript } from './kit/programs/cli'
import { begin, bundle, env, folder, run, setEnv, simulator, stageCli } from './kit/stages/cli'

/** A minute of the service and of leases. */
const MINUTE_MS = 14_000
const [CLUSTER, SERVICE] = ['demo-production', 'storefront-web']
const PRINTS = 'while :; do echo tick; sleep 1; done'

// Agents read what a shell prints a second after its start, as in AWS.
stageCli({
  shellDelayMs: 1_000,
  clock: { minuteMs: MINUTE_MS },
  containers: { delays: { provisioningMs: 20, pullMs: 20, agentMs: 20 } },
})

/** The tasks of ephemeral sessions, oldest first. */
const tasks = () => simulator.ecs.tasksOf(CLUSTER).filter(({ making }) => making.startedBy === 'culvert-ephemeral')

/** Starts the app's web host and opens an ephemeral session in it, as its page does. */
async function openInApp(command: string) {
  const app = startScript(bundle.web, ['--endpoint-url', simulator.endpointUrl], env)
  onTestFinished(() => void app.child.kill('SIGKILL'))
  await expect.poll(() => app.printed()).toMatch(/^READY /m)
  const { hash, port } = new URL(/^READY (\S+)/m.exec(app.printed())?.[1] ?? '')
  const socket = new WebSocket(`ws://127.0.0.1:${port}/link`, { origin: `http://127.0.0.1:${port}` })
  socket.on('error', () => undefined)
  let said = ''
  socket.on('message', (data: Buffer) => (said += data.toString('latin1')))
  await once(socket, 'open')
  socket.send(JSON.stringify({ token: hash.slice(1) }))
  const parameters = { cluster: CLUSTER, service: SERVICE, command, cols: 80, rows: 24 }
  socket.send(JSON.stringify({ id: 1, name: 'ephemeral.open', parameters }))
  await expect.poll(() => said).toContain('tick')
  return app
}

/** Opens the app on the data directory of the command line, with a drain to a file. */
async function openDraining(file: string): Promise<Window> {
  const { endpointUrl } = simulator
  const dataDirectory = env['CULVERT_DATA_DIR'] ?? ''
  const spawnDemo = () => Promise.reject(new Error('no Demo'))
  const app = new Window(await createCore({ dataDirectory, door: 'test', env, endpointUrl, spawnDemo }))
  onTestFinished(() => app[Symbol.asyncDispose]())
  const { ref } = await app.until(({ environment }) => environment.region !== '' && environment)
  const destination = { kind: 'file', path: file, maxMegabytes: 1, keep: 1 } as const
  const flags = { isRaw: false, isRequired: false, isEnabled: true }
  await app.ask('drain.create', { name: 'audit', environment: ref, destination, ...flags, secrets: {} })
  return app
}

test('a job has its variables, its status is that of the command line, and its output is whole, recorded and drained', async () => {
  const [drained, recorded] = [path.join(folder, 'audit.jsonl'), path.join(folder, 'job.cast')]
  await openDraining(drained)
  const command = ['sh', '-c', 'echo "hello $WHO"; exit 7']
  const options = ['--env', 'WHO=me', '--reason', 'ticket 7', '--record', recorded]
  const outcome = await run(['ephemeral', `${CLUSTER}/${SERVICE}`, ...options, '--', ...command])
  expect([outcome.status, outcome.text.trim()]).toEqual([7, 'hello me'])
  expect(outcome.stderr).toContain('none of the running ones')
  expect(outcome.stderr).toMatch(/requested .*pulling .*connected/s)
  expect(await readFile(recorded, 'utf8')).toContain('hello me')
  await expect.poll(() => readFile(drained, 'utf8').catch(() => '')).toContain('hello me')
  const record: unknown = JSON.parse((await readFile(drained, 'utf8')).split('\n')[0] ?? '')
  const target = { kind: 'output', target: `ecs:${CLUSTER}/${SERVICE}`, target_name: `${SERVICE} (ephemeral)` }
  expect(record).toMatchObject({ ...target, text: 'hello me', operation_id: tasks()[0]?.tags['culvert:operation'] })
})

test('a container whose app or command line is killed, or whose network is cut for good, ends within the lease and 30 s, while its shell prints', async () => {
  const data = path.join(folder, 'lease')
  await mkdir(data, { mode: 0o700 })
  const settings = { version: 1, data: { leaseMinutes: 1, resumeMinutes: 1 } }
  await writeFile(path.join(data, 'settings.json'), JSON.stringify(settings))
  setEnv({ ...env, CULVERT_DATA_DIR: data, CULVERT_EPHEMERAL_MINUTE_MS: String(MINUTE_MS) })
  const start = () => begin('ephemeral', `${CLUSTER}/${SERVICE}`, '--yes', '--', 'sh', '-c', PRINTS)
  const [killed, cut] = [start(), start()]
  const [app] = await Promise.all([
    openInApp(PRINTS),
    expect.poll(() => killed.printed()).toContain('tick'),
    expect.poll(() => cut.printed()).toContain('tick'),
  ])
  expect(tasks().map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
  const at = Date.now()
  app.child.kill('SIGKILL')
  killed.child.kill('SIGKILL')
  simulator.faults.apply({ kind: 'dark' })
  await Promise.all([app.ended, killed.ended])
  expect(tasks().map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
  await expect
    .poll(() => tasks().map(({ stopCode }) => stopCode), { interval: 100, timeout: 60_000 })
    .toEqual(Array.from({ length: 3 }, () => 'EssentialContainerExited'))
  const minutes = tasks().map(({ stoppingAt = Infinity }) => (stoppingAt - at) / MINUTE_MS)
  for (const each of minutes) expect(each).toBeGreaterThan(0.9)
  for (const each of minutes) expect(each).toBeLessThan(1.5)
  expect(cut.child.exitCode).toBeNull()
}, 120_000)
