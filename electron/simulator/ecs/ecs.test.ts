// The way of a container through the simulator: listed, entered, started, stopped; by the SDK and over real sockets.

import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import {
  GetConnectionStatusCommand,
  SSMClient,
  StartSessionCommand,
  TerminateSessionCommand,
} from '@aws-sdk/client-ssm'
import { describe, expect, test, vi } from 'vitest'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { awaited, commanded, described, ecs, execute, hasAgents, PRODUCTION, run, simulator, stageEcs } from './ecs.kit'

stageEcs({ clock: { minuteMs: 600 } })

const tasksOf = async (serviceName: string) => {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: PRODUCTION, serviceName }))
  return taskArns!.map((arn) => arn.split('/').at(-1)!)
}

test('an account is listed from its clusters to the containers of a task', async () => {
  const { clusterArns } = await ecs.send(new ListClustersCommand({}))
  expect(clusterArns).toEqual([
    'arn:aws:ecs:eu-west-1:111122223333:cluster/demo-production',
    'arn:aws:ecs:eu-west-1:111122223333:cluster/demo-staging',
  ])
  const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster: clusterArns![0] }))
  expect(serviceArns).toContain('arn:aws:ecs:eu-west-1:111122223333:service/demo-production/storefront-web')
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: PRODUCTION, services: ['storefront-web'], include: ['TAGS'] }),
  )
  expect(services![0]).toMatchObject({
    desiredCount: 2,
    runningCount: 2,
    enableExecuteCommand: true,
    tags: [{ key: 'Env' }],
  })
  const [id] = await tasksOf('storefront-web')
  const task = await described(id!)
  expect(task).toMatchObject({ lastStatus: 'RUNNING', group: 'service:storefront-web', platformVersion: '1.4.0' })
  expect(task.containers!.map(({ name }) => name)).toEqual(['app', 'envoy'])
  expect(task.containers![0]!.runtimeId).toMatch(new RegExp(`^${id}-\\d+$`))
  const { taskDefinition } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: task.taskDefinitionArn }),
  )
  expect(taskDefinition).toMatchObject({ family: 'storefront-web', revision: 1, cpu: '512', memory: '1024' })
})

describe('a command in a container of a service', () => {
  test('runs without a shell, in the folder and with the variables of its container', async () => {
    const [id] = await tasksOf('orders-api')
    const session = await execute(id!, `printf '<%s>' '$HOME' "a b"`)
    await session.printed('<$HOME><a b>')
    expect(session.sessionId).toMatch(/^ecs-execute-command-/)
    const other = await execute(id!, 'env')
    await other.printed('RAILS_ENV=production')
  })

  test('says in the words of the agent that there is no such program', async () => {
    const [id] = await tasksOf('ledger')
    const session = await execute(id!, '/bin/sh')
    expect(await session.wire.closedOutput()).toContain('Failed to start pty: fork/exec /bin/sh: no such file')
  })
})

test('a session goes on when its client has vanished, and is resumed', async () => {
  const [id] = await tasksOf('orders-api')
  const session = await execute(id!, '/bin/sh')
  await session.wire.until(() => /[#$] $/.test(session.text()))
  session.wire.send(1, 'echo $$\n')
  await session.wire.until(() => /[\r\n]\d+\r\n/.test(session.text()))
  const pid = Number(/[\r\n](\d+)\r\n/.exec(session.text())![1])
  simulator.cut(session.sessionId, 'rst')
  await vi.waitFor(() => expect(simulator.sessions().at(-1)!.status).toBe('Disconnected'))
  expect(() => process.kill(pid, 0)).not.toThrow()
  await session.wire.open(await getTicket(simulator, 'ResumeSession', { SessionId: session.sessionId }))
  session.wire.send(1, 'echo here-$((1+1))\n')
  await session.printed('here-2')
})

test('RunTask runs what its command says, and the task ends with its main process and that with all others', async () => {
  const id = await run({ overrides: commanded('sh', '-c', 'while :; do sleep 1; done') })
  const task = await awaited(id, hasAgents)
  const [container] = task.containers!
  expect(task).toMatchObject({ lastStatus: 'RUNNING', pullStartedAt: expect.any(Date), startedAt: expect.any(Date) })
  const session = await execute(id, 'sh -c "exec sleep 1000"')
  const { pid } = (await simulator.ecs.task(PRODUCTION, id)!.container('app')!.inside())!
  expect(pid).toBeGreaterThan(0)
  process.kill(pid!, 'SIGKILL')
  const ended = await awaited(id, ({ lastStatus }) => lastStatus === 'STOPPED')
  expect(ended).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
  })
  expect(ended.containers![0]).toMatchObject({ exitCode: 137, runtimeId: container!.runtimeId })
  // The agent has died with its container: nothing ends the session.
  expect(simulator.sessions().find((each) => each.id === session.sessionId)!.status).not.toBe('Terminated')
})

test('StopTask sends SIGTERM, and SIGKILL to a main process that does not handle it', async () => {
  const polite = await run({ overrides: commanded('sh', '-c', "trap 'exit 7' TERM; while :; do sleep 0.1; done") })
  const deaf = await run({ overrides: commanded('sh', '-c', 'while :; do sleep 0.1; done') })
  for (const id of [polite, deaf]) {
    await awaited(id, hasAgents)
    await ecs.send(new StopTaskCommand({ cluster: PRODUCTION, task: id, reason: 'enough' }))
  }
  const isStopped = ({ lastStatus }: { lastStatus?: string | undefined }) => lastStatus === 'STOPPED'
  const first = await awaited(polite, isStopped)
  expect(first).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'enough', desiredStatus: 'STOPPED' })
  expect(first.containers![0]!.exitCode).toBe(7)
  expect((await awaited(deaf, isStopped)).containers![0]!.exitCode).toBe(137)
})

test('a container is a target of Systems Manager, until it has stopped', async () => {
  const id = await run()
  const [container] = (await awaited(id, hasAgents)).containers!
  const ssm = new SSMClient({
    endpoint: simulator.endpointUrl,
    region: simulator.region,
    credentials: simulator.credentials,
    maxAttempts: 1,
  })
  const Target = `ecs:${PRODUCTION}_${id}_${container!.runtimeId}`
  expect((await ssm.send(new GetConnectionStatusCommand({ Target }))).Status).toBe('connected')
  const { SessionId, TokenValue, StreamUrl } = await ssm.send(
    new StartSessionCommand({
      Target,
      DocumentName: 'AWS-StartPortForwardingSession',
      Parameters: { portNumber: ['7'] },
    }),
  )
  await new NaiveClient().open({ sessionId: SessionId!, token: TokenValue!, url: StreamUrl! })
  await ssm.send(new TerminateSessionCommand({ SessionId }))
  await ecs.send(new StopTaskCommand({ cluster: PRODUCTION, task: id }))
  await awaited(id, ({ lastStatus }) => lastStatus === 'STOPPED')
  expect((await ssm.send(new GetConnectionStatusCommand({ Target }))).Status).toBe('notconnected')
  await expect(ssm.send(new StartSessionCommand({ Target }))).rejects.toMatchObject({ name: 'TargetNotConnected' })
  ssm.destroy()
})
