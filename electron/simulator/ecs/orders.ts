// Orders about containers: deployments, agents that stop, tasks that fail. Carried out with the other orders (faults/board.ts).

import * as z from 'zod'
import type { EcsAccount } from './account'

const name = z.string().min(1).max(255)

/** A deployment replaces every task of a service. */
const deploy = z.strictObject({ kind: z.literal('deploy'), cluster: name, service: name })

/** A service shall have another number of tasks. */
const scale = z.strictObject({
  kind: z.literal('scale'),
  cluster: name,
  service: name,
  desired: z.number().int().min(0).max(1_000),
})

/** The exec agents of a task stop. Without a reason Amazon ECS goes on telling that they run, and Systems Manager knows them no more. */
const stopExecAgent = z.strictObject({
  kind: z.literal('stop-exec-agent'),
  /** The task's 32 hexadecimal digits. */
  task: name,
  reason: z.string().min(1).max(255).optional(),
})

/**
 * The next RunTask fails: `capacity` and `memory` start nothing, which its answer tells; with `pull` the task stops because its image is not
 * found; with `agent` the exec agent never runs.
 */
const failRunTask = z.strictObject({
  kind: z.literal('fail-run-task'),
  how: z.enum(['capacity', 'memory', 'pull', 'agent']),
})

/** The schemas, for the union of all orders. */
export const containerOrders = [deploy, scale, stopExecAgent, failRunTask] as const

/** An order about containers. */
export type ContainerOrder = z.output<(typeof containerOrders)[number]>

/** Carries out an order. Throws `unknown-target` for a service or task that is not there. */
export function obeyContainerOrder(order: ContainerOrder, ecs: EcsAccount): void {
  switch (order.kind) {
    case 'deploy':
      return ecs.deploy(order.cluster, order.service)
    case 'scale':
      return ecs.scale(order.cluster, order.service, order.desired)
    case 'stop-exec-agent':
      return ecs.stopAgent(order.task, order.reason)
    case 'fail-run-task':
      return ecs.failNextRun(order.how)
  }
}
