// The processes of containers: what their images do with a command, and how many sessions an agent takes. Real processes.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { awaited, commanded, ecs, execute, hasAgents, PRODUCTION, run, simulator, stageEcs } from '../ecs.kit'
import {
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'

stageEcs({ clock: { minuteMs: 600 }, containers: { clock: 'scaled' } })

const BASE: RegisterTaskDefinitionCommandInput = {
  family: 'any',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  taskRoleArn: 'arn:aws:iam::111122223333:role/demo-task',
  containerDefinitions: [],
}

/** Starts a task of one image, whose command leaves a file. */
async function started(image: string, fields: object = {}, definition: object = {}) {
  const family = `${image}-${simulator.ecs.definitions.find(image)?.revision ?? 0}`
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...BASE,
      ...definition,
      family,
      containerDefinitions: [{ name: 'app', image, ...fields }],
    }),
  )
  return run({
    taskDefinition: family,
    overrides: commanded('sh', '-c', 'id -u >"$TMPDIR/proof"; sleep 100000 & wait'),
  })
}

const inside = (id: string) => simulator.ecs.task(PRODUCTION, id)!.container('app')!.inside()

const proofOf = (id: string) =>
  vi.waitFor(async () => {
    const path = `${(await inside(id))!.folder}/tmp/proof`
    expect(existsSync(path)).toBe(true)
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/\n/)
    return text.trim()
  })

describe('a command in the place of the image’s', () => {
  test('runs where the image has no entry point, and as the argument of one that runs its arguments', async () => {
    const [plain, running] = [await started('storefront'), await started('orders-api')]
    const user = String(process.getuid!())
    expect(await proofOf(plain)).toBe(user)
    expect(await proofOf(running)).toBe(user)
  })

  test('is ignored by an entry point that starts the app', async () => {
    const id = await started('billing')
    expect(await awaited(id, hasAgents)).toMatchObject({ lastStatus: 'RUNNING' })
    const session = await execute(id, 'sh -c "ls $TMPDIR; echo listed"')
    await session.printed('listed')
    expect(session.text()).not.toContain('proof')
  })

  test('cannot be started in an image without sh, as the runtime says', async () => {
    const id = await started('ledger')
    const ended = await awaited(id, ({ lastStatus }) => lastStatus === 'STOPPED')
    expect(ended).toMatchObject({ stopCode: 'TaskFailedToStart' })
    expect(ended.stoppedReason).toContain('exec: "sh": executable file not found in $PATH')
    expect(ended.containers![0]!.reason).toBe(ended.stoppedReason)
  })

  test.runIf(process.getuid?.() === 0)('runs as the user of the image, and what is executed runs as root', async () => {
    const id = await started('search-indexer')
    expect(await proofOf(id)).toBe('1000')
    await awaited(id, hasAgents)
    const session = await execute(id, 'id -u')
    await session.printed('0\r\n')
  })

  test('runs under the ash of an image with busybox', async () => {
    const id = await started('mailer')
    await proofOf(id)
    const { pid } = (await inside(id))!
    expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).toMatch(/^sh\0-c\0/)
  })
})

describe('the exec agent', () => {
  test.each<[string, object, object]>([
    ['a read-only root filesystem', { readonlyRootFilesystem: true }, {}],
    ['the second container of a shared pid namespace', {}, { pidMode: 'task' }],
  ])('does not start with %s', async (what, fields, definition) => {
    const isShared = 'pidMode' in definition
    const extra = isShared ? [{ name: 'side', image: 'storefront', essential: false }] : []
    const family = `agentless-${what.length}`
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...BASE,
        ...definition,
        family,
        containerDefinitions: [{ name: 'app', image: 'storefront', ...fields }, ...extra],
      }),
    )
    const id = await run({ taskDefinition: family })
    const last = async () => (await awaited(id, ({ lastStatus }) => lastStatus === 'RUNNING')).containers!.at(-1)!
    await vi.waitFor(async () => expect((await last()).managedAgents![0]!.lastStatus).toBe('STOPPED'))
    const container = isShared ? 'side' : 'app'
    await expect(execute(id, 'sh', { container })).rejects.toThrow("the execute command agent isn't running")
    if (isShared) await (await execute(id, 'echo hello', { container: 'app' })).printed('hello')
    if (isShared) await expect(execute(id, 'sh')).rejects.toThrow('container name must be specified')
  })

  test('takes two sessions; a third one is silent until one of them ends', async () => {
    const id = await run()
    await awaited(id, hasAgents)
    const first = await execute(id, 'sh -c "echo first; read x"')
    const second = await execute(id, 'sh -c "echo second; read x"')
    await Promise.all([first.printed('first'), second.printed('second')])
    const third = await execute(id, 'echo third')
    await vi.waitFor(() => expect(simulator.sessions().at(-1)!.status).toBe('Connected'))
    expect(third.wire.copies).toEqual([])
    first.wire.send(1, 'go\n')
    await third.printed('third')
  })

  test('leaves running what a hangup does not end', async () => {
    const id = await run()
    await awaited(id, hasAgents)
    const session = await execute(
      id,
      `sh -c 'trap "" HUP; echo $$ >"$TMPDIR/pid"; echo ready; while :; do sleep 60; done'`,
    )
    await session.printed('ready')
    const pid = Number(readFileSync(`${(await inside(id))!.folder}/tmp/pid`, 'utf8'))
    simulator.end(session.sessionId, 'over')
    await session.wire.closedOutput()
    expect(() => process.kill(pid, 0)).not.toThrow()
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: PRODUCTION, family: 'orders-api' }))
    expect(taskArns!.some((arn) => arn.endsWith(id))).toBe(true)
  })
})

test('a scaled clock runs as fast as that of the service, for sleep and date', async () => {
  const id = await run()
  await awaited(id, hasAgents)
  const session = await execute(id, 'sh -c "a=$(date +%s); sleep 60; sleep 0.5; b=$(date +%s); echo took-$((b - a))-s"')
  const [, seconds] = await session.wire.until(() => /took-(\d+)-s/.exec(session.text()) ?? undefined)
  expect(Number(seconds)).toBeGreaterThanOrEqual(60)
})
