// Services and containers, for tests.

import type { Container, ContainerService } from '../../shared/model/container'

/** 29 November 2026, 12:00 UTC. */
export const NOW_AT = Date.UTC(2026, 10, 29, 12)

/** A service with two running tasks and ECS Exec. */
export function service(name: string, change: Partial<ContainerService> = {}): ContainerService {
  const cluster = change.cluster ?? 'shop'
  return {
    id: `${cluster}/${name}`,
    cluster,
    name,
    desired: 2,
    running: 2,
    pending: 0,
    taskDefinition: `${name}:7`,
    launchType: 'FARGATE',
    hasExec: true,
    ...change,
  }
}

/** A running container that can be reached, an hour old. `task` is one hexadecimal digit. */
export function container(name: string, task: string, change: Partial<Container> = {}): Container {
  const cluster = change.cluster ?? 'shop'
  const taskId = task.repeat(32)
  return {
    id: `${cluster}/${taskId}/${name}`,
    cluster,
    service: 'storefront',
    taskId,
    name,
    target: `ecs:${cluster}_${taskId}_${taskId}-1`,
    state: 'RUNNING',
    startedAt: NOW_AT - 3_600_000,
    exec: { kind: 'ready' },
    launchType: 'FARGATE',
    taskDefinition: 'storefront:7',
    ...change,
  }
}

/** The same container as a task of no service. */
export function alone({ service: _service, ...rest }: Container): Container {
  return rest
}
