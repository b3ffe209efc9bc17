// Containers and ephemeral sessions as pictures show them.

import { container, service } from '../../../renderer/containers/sample.kit'
import type { Container, ContainerList } from '../../../shared/model/container'
import type { EphemeralListing, EphemeralPlan, EphemeralView, OpenEphemeral } from '../../../shared/model/ephemeral'

/** A minute, in ms. */
export const MINUTE_MS = 60_000
/** An hour, in ms. */
export const HOUR_MS = 60 * MINUTE_MS
const ann = 'arn:aws:sts::482011937754:assumed-role/Developer/ann'

function blocked(
  name: string,
  task: string,
  obstacles: readonly Extract<Container['exec'], { obstacles: unknown }>['obstacles'][number][],
) {
  return { ...container(name, task), exec: { kind: 'blocked', obstacles } } as const
}

function of(serviceName: string, each: Container, agoMs: number): Container {
  return {
    ...each,
    service: serviceName,
    taskDefinition: `${serviceName}:7`,
    image: `482011937754.dkr.ecr.eu-central-1.amazonaws.com/${serviceName}:2026-11-28`,
    privateIp: '10.0.31.7',
    startedAt: Date.now() - agoMs,
  }
}

/** Services and containers in every state. */
export function full(): ContainerList {
  const mark = { operationId: '0192f4a1c5', owner: ann, expiresAt: Date.now() + 6 * 24 * HOUR_MS }
  const { service: _service, ...ephemeral } = of('storefront-web', container('web', 'e'), 20 * MINUTE_MS)
  return {
    generation: 1,
    state: { kind: 'ready' },
    listedAt: Date.now(),
    notices: [],
    services: [
      service('storefront-web'),
      service('orders-api', { desired: 3, running: 2, pending: 1 }),
      service('mailer', { hasExec: false, launchType: 'EC2', desired: 1, running: 1 }),
      service('legacy-import', {
        desired: 0,
        running: 0,
        ephemeralProblem: 'Its deployments are external: RunTask cannot start its tasks.',
      }),
      service('nightly-report', { cluster: 'batch', desired: 1, running: 1 }),
    ],
    items: [
      of('storefront-web', container('web', 'a'), 3 * HOUR_MS),
      of('storefront-web', container('log-router', 'a'), 3 * HOUR_MS),
      of('storefront-web', container('web', 'b'), 50 * HOUR_MS),
      of('storefront-web', container('log-router', 'b'), 50 * HOUR_MS),
      of('orders-api', container('api', 'c'), 8 * MINUTE_MS),
      of('orders-api', { ...blocked('api', 'd', ['agent-pending']), state: 'RUNNING' }, 20_000),
      of('orders-api', { ...blocked('api', 'f', ['not-running']), state: 'PENDING' }, 5_000),
      of(
        'mailer',
        { ...blocked('mailer', '1', ['not-enabled', 'no-task-role']), launchType: 'EC2' },
        90 * 24 * HOUR_MS,
      ),
      { ...ephemeral, ephemeral: mark },
      of(
        'nightly-report',
        {
          ...container('report', '7', { cluster: 'batch' }),
          exec: { kind: 'blocked', obstacles: ['agent-stopped'], reason: 'Exit code 255' },
        },
        30 * HOUR_MS,
      ),
    ],
  }
}

/** What an ephemeral session would be. */
export const PLAN: EphemeralPlan = {
  cluster: 'shop',
  service: 'storefront-web',
  container: 'web',
  taskDefinition: 'storefront-web:7',
  launchType: 'FARGATE',
  memoryMiB: 1_024,
  cpuUnits: 256,
  appMemoryMiB: 4_096,
  ttlMinutes: 10_080,
  leaseMinutes: 20,
  open: 2,
  limit: 5,
  warnings: [
    'The session counts against the limit as soon as AWS lists it: two that start at once may both get through.',
  ],
}

function open(service: string, task: string, holder: OpenEphemeral['holder'], agoMs: number): OpenEphemeral {
  const owner = holder === 'others' ? 'arn:aws:sts::482011937754:assumed-role/Developer/bob' : ann
  const startedAt = Date.now() - agoMs
  return {
    cluster: 'shop',
    service,
    taskId: task.repeat(32),
    operationId: task,
    owner,
    startedAt,
    expiresAt: startedAt + 168 * HOUR_MS,
    holder,
  }
}

/** The open ephemeral sessions: one of this page, one left over, one of another person. */
export const listing = (): EphemeralListing => ({
  sessions: [
    open('storefront-web', 'e', 'mine', 20 * MINUTE_MS),
    open('orders-api', '3', 'left-over', 26 * HOUR_MS),
    open('storefront-web', '4', 'others', 3 * HOUR_MS),
  ],
  limit: 5,
})

/** An ephemeral session that waits for its exec agent. */
export function ephemeralView(change: Partial<EphemeralView> = {}): EphemeralView {
  const at = Date.now()
  return {
    operationId: '0192f4a1c5',
    cluster: 'shop',
    service: 'storefront-web',
    container: 'web',
    command: '/bin/sh',
    taskId: 'e'.repeat(32),
    memoryMiB: 1_024,
    steps: [
      { step: 'requested', startAt: at - 14_200 },
      { step: 'pulling', startAt: at - 13_500 },
      { step: 'starting', startAt: at - 4_100 },
      { step: 'agent', startAt: at - 2_600 },
    ],
    ...change,
  }
}
