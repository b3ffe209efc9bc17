// What the options of the simulator change about its containers.

import { ListClustersCommand, ListTasksCommand, RunTaskCommand, type ECSClient } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { startSimulator, type SimulatorOptions } from '../simulator'
import { AT_ONCE, awaited, clientOf, commanded, execute, hasAgents, ORDERS, PRODUCTION, run } from './ecs.kit'

async function stage(containers: SimulatorOptions['containers']) {
  const simulator = await startSimulator({
    isPaced: false,
    shellDelayMs: 0,
    clock: { minuteMs: 600 },
    containers: { delays: AT_ONCE, ...containers },
  })
  const client: ECSClient = clientOf(simulator)
  return {
    simulator,
    client,
    [Symbol.asyncDispose]: async () => {
      client.destroy()
      await simulator[Symbol.asyncDispose]()
    },
  }
}

test('a computer that runs no containers says so to RunTask, lists them, and lets a shell pretend', async () => {
  await using own = await stage({ canRun: false })
  const { tasks, failures } = await own.client.send(new RunTaskCommand(ORDERS))
  expect(tasks).toEqual([])
  expect(failures).toEqual([{ reason: 'CAPACITY', detail: 'The Demo runs containers on Linux only.' }])
  const { taskArns } = await own.client.send(new ListTasksCommand({ cluster: PRODUCTION, serviceName: 'orders-api' }))
  const session = await execute(taskArns![0]!.split('/').at(-1)!, 'sh', { client: own.client })
  await session.printed('demo$ ')
  session.wire.send(1, 'echo hello\r')
  await session.printed('\r\nhello\r\n')
})

test('sessions may end with their container, and an agent may refuse a session that is too many', async () => {
  await using own = await stage({ sessionsOfStopped: 'end', full: 'refused', sessionLimit: 1 })
  const { client, simulator } = own
  const id = await run({ overrides: commanded('sh', '-c', 'sleep 1000') }, client)
  await awaited(id, hasAgents, client)
  const first = await execute(id, 'sh -c "echo ready; read x"', { client })
  await first.printed('ready')
  const second = await execute(id, 'sh', { client })
  expect(await second.wire.closedOutput()).toContain('as many sessions as it is allowed')
  const { pid } = (await simulator.ecs.task(PRODUCTION, id)!.containers[0]!.inside())!
  process.kill(pid!, 'SIGKILL')
  await first.wire.closedOutput()
  expect(simulator.sessions()[0]!.status).toBe('Failed')
})

test('calls beyond the account’s rate are throttled', async () => {
  await using own = await stage({ rate: { perSecond: 0.001, burst: 2 } })
  const call = () =>
    own.client.send(new ListClustersCommand({})).then(
      () => 'answered',
      (error: Error) => error.name,
    )
  expect([await call(), await call(), await call()]).toEqual(['answered', 'answered', 'ThrottlingException'])
})

test('a simulator that ends leaves no process of its containers', async () => {
  const own = await stage({})
  const id = await run({ overrides: commanded('sh', '-c', 'trap "" TERM HUP; while :; do sleep 1; done') }, own.client)
  await awaited(id, hasAgents, own.client)
  const { pid } = (await own.simulator.ecs.task(PRODUCTION, id)!.containers[0]!.inside())!
  await own[Symbol.asyncDispose]()
  expect(() => process.kill(pid!, 0)).toThrow()
})
