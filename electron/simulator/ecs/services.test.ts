// Services keep their tasks, and deployments replace them; by orders, over the admin call and by the clock of the service.

import { DescribeServicesCommand, DescribeTasksCommand, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { expect, test, vi } from 'vitest'
import { ADMIN_PATH } from '../api/admin'
import { described, ecs, execute, PRODUCTION, simulator, stageEcs } from './ecs.kit'

// An hour of the service takes 0.6 s.
stageEcs({ clock: { minuteMs: 10 } })

const running = async (serviceName: string) => {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: PRODUCTION, serviceName }))
  return taskArns!.map((arn) => arn.split('/').at(-1)!)
}

const settled = (service: string, isSettled: (ids: readonly string[]) => boolean) =>
  vi.waitFor(async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: PRODUCTION, services: [service] }))
    const ids = await running(service)
    expect(services![0]!.deployments!.length).toBe(1)
    expect(services![0]!.runningCount).toBe(services![0]!.desiredCount)
    expect(isSettled(ids)).toBe(true)
    return ids
  })

test('a deployment starts new tasks, and stops the old ones once the new ones run', async () => {
  const before = await running('storefront-web')
  // Held here: Amazon ECS forgets it soon.
  const old = simulator.ecs.task(PRODUCTION, before[0]!)!
  simulator.faults.apply({ kind: 'deploy', cluster: PRODUCTION, service: 'storefront-web' })
  const wanted = simulator.ecs.tasksOf(PRODUCTION).filter(({ service }) => service === 'storefront-web')
  expect(wanted.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length).toBe(4)
  const after = await settled('storefront-web', (ids) => ids.length === 2 && !ids.includes(before[0]!))
  expect(before.some((id) => after.includes(id))).toBe(false)
  await vi.waitFor(() => expect(old.status).toBe('STOPPED'))
  expect(old).toMatchObject({ stopCode: 'ServiceSchedulerInitiated', desiredStatus: 'STOPPED' })
  expect(old.stoppedReason).toMatch(/^Scaling activity initiated by \(deployment ecs-svc\/\d+\)$/)
})

test('a task that a person stops is replaced, and is described for an hour', async () => {
  const [id] = await running('billing-worker')
  const { task } = await ecs.send(new StopTaskCommand({ cluster: PRODUCTION, task: id }))
  expect(task).toMatchObject({ desiredStatus: 'STOPPED', stoppedReason: 'Task stopped by user' })
  await settled('billing-worker', (ids) => ids.length === 1 && ids[0] !== id)
  await vi.waitFor(
    async () => {
      const { tasks, failures } = await ecs.send(new DescribeTasksCommand({ cluster: PRODUCTION, tasks: [id!] }))
      expect(tasks).toEqual([])
      expect(failures).toEqual([
        { arn: `arn:aws:ecs:eu-west-1:111122223333:task/demo-production/${id}`, reason: 'MISSING' },
      ])
    },
    { timeout: 60_000, interval: 50 },
  )
})

test('a service is scaled down and up', async () => {
  const answer = await fetch(`${simulator.endpointUrl}${ADMIN_PATH}`, {
    method: 'POST',
    headers: { 'x-culvert-secret': simulator.credentials.secretAccessKey },
    body: JSON.stringify({ kind: 'scale', cluster: PRODUCTION, service: 'orders-api', desired: 1 }),
  })
  expect(answer.status).toBe(200)
  await settled('orders-api', (ids) => ids.length === 1)
  simulator.faults.apply({ kind: 'scale', cluster: PRODUCTION, service: 'orders-api', desired: 3 })
  await settled('orders-api', (ids) => ids.length === 3)
})

test('an exec agent that stops by order refuses commands, in the words of what Amazon ECS knows of it', async () => {
  const [first] = await running('ledger')
  simulator.faults.apply({ kind: 'stop-exec-agent', task: first! })
  await expect(execute(first!, 'x')).rejects.toMatchObject({ name: 'TargetNotConnectedException' })
  simulator.faults.apply({ kind: 'stop-exec-agent', task: first!, reason: 'out of memory' })
  await expect(execute(first!, 'x')).rejects.toThrow("the execute command agent isn't running")
  expect((await described(first!)).containers![0]!.managedAgents![0]).toMatchObject({
    lastStatus: 'STOPPED',
    reason: 'out of memory',
  })
  expect(() => simulator.faults.apply({ kind: 'deploy', cluster: 'nowhere', service: 'x' })).toThrow(
    expect.objectContaining({ code: 'unknown-target' }),
  )
})
