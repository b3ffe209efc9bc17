import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { Holdings } from './holdings'
import { endLeftTasks } from './leftovers'
import { countOf, limitError, openIn } from './limits'
import { tagsOf } from './marks'
import { recipe, Stage } from './stage.kit'

const DEAD = 'ab'.repeat(16)
const aws = { kind: 'aws', profile: 'prod', region: 'eu-central-1' } as const
const never = new AbortController().signal

/** A stage with one task that is started by this operation. */
async function staged(operationId: string): Promise<Stage> {
  const stage = new Stage()
  onTestFinished(() => stage[Symbol.dispose]())
  const mark = { operationId, owner: 'arn:ann', computer: '0a1b2c3d4e5f', expiresAt: stage.now, service: 'shop/web' }
  await stage.ecs.runTask(
    {
      recipe,
      container: 'app',
      command: ['/bin/sleep', '1000'],
      variables: {},
      size: { container: { memoryMiB: 512 } },
      clientToken: operationId,
      startedBy: 'culvert-ephemeral',
      tags: tagsOf(mark),
    },
    never,
  )
  return stage
}

/** Makes the process of the only file one that has ended. */
function bury(folder: string): void {
  const files = join(folder, 'ephemeral-sessions')
  const [name = ''] = readdirSync(files)
  renameSync(join(files, name), join(files, name.replace(/(app|command)-\d+-[^-]+/, '$1-999999999-k1.00000000')))
}

function end(stage: Stage, told: string[]): Promise<void> {
  const get = () => Promise.resolve({ ecs: stage.ecs })
  return endLeftTasks({
    holdings: stage.holdings,
    environments: { get },
    journal: { add: ({ text }) => told.push(text) },
    signal: never,
  })
}

test('a task of a dead process is stopped, its definition deregistered, and both are forgotten', async () => {
  const stage = await staged(DEAD)
  await stage.holdings.hold(DEAD, { environment: aws, cluster: 'shop', definitionArn: 'arn:derived:1' })
  bury(stage.folder)
  const told: string[] = []
  await end(stage, told)
  expect(stage.asked).toEqual(['stop Culvert: its process has ended.', 'deregister arn:derived:1'])
  expect(told).toEqual(['Ended 1 ephemeral session left open by an earlier run.'])
  expect(await stage.holdings.all()).toEqual([])
})

test('a task that a living process holds is let alone', async () => {
  const stage = await staged(DEAD)
  await new Holdings(stage.folder, 'command').hold(DEAD, { environment: aws, cluster: 'shop' })
  await end(stage, [])
  expect(stage.asked).toEqual([])
  expect(await stage.holdings.all()).toHaveLength(1)
})

test('a file that cannot be read is left out', async () => {
  const stage = await staged(DEAD)
  mkdirSync(join(stage.folder, 'ephemeral-sessions', `${DEAD}.app-1-t1-0-000000.json`), { recursive: true })
  expect(await stage.holdings.all()).toEqual([])
})

test('the open sessions say whose they are, and the limit lists them with what to do', async () => {
  const stage = await staged(DEAD)
  const who = { computer: '0a1b2c3d4e5f', isHeld: () => false, signal: never }
  const { open } = await openIn(stage.ecs, 'shop', who)
  expect(open).toMatchObject([{ operationId: DEAD, holder: 'left-over', service: 'shop/web' }])
  const holders = async (change: Partial<typeof who>) =>
    (await openIn(stage.ecs, undefined, { ...who, ...change })).open.map(({ holder }) => holder)
  expect(await holders({ computer: 'other' })).toEqual(['others'])
  expect(await holders({ isHeld: () => true })).toEqual(['mine'])
  const error = limitError(open, 1, stage.now)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({
    code: 'ephemeral-limit',
    message: expect.stringContaining('AWS may take a minute to notice an ended one'),
    command: `aws ecs stop-task --cluster shop --task ${DEAD}`,
  })
})

test('the sessions of all clusters count, and a denied list hides those of no other cluster', async () => {
  const stage = await staged(DEAD)
  const [task] = await stage.ecs.tasksStartedBy('shop', 'culvert-ephemeral', never)
  const denied = new AppError('access-denied', 'ecs:ListTasks is denied.')
  const may = new Set(['shop', 'lab'])
  const ecs = {
    clusterNames: () => Promise.resolve(['shop', 'secret', 'lab']),
    tasksStartedBy: (cluster: string) =>
      may.has(cluster) ? Promise.resolve(task === undefined ? [] : [{ ...task, cluster }]) : Promise.reject(denied),
  }
  const who = { computer: 'other', isHeld: () => false, signal: never }
  const counted = await openIn(ecs, 'shop', who)
  expect(counted.open.map(({ cluster }) => cluster)).toEqual(['shop', 'lab'])
  expect([countOf(counted), counted.problem]).toEqual([2, denied])
  may.clear()
  expect(countOf(await openIn({ ...ecs, clusterNames: () => Promise.reject(denied) }, 'shop', who))).toBeUndefined()
  const other = new AppError('network', 'away')
  await expect(openIn({ ...ecs, clusterNames: () => Promise.reject(other) }, 'shop', who)).rejects.toBe(other)
})
