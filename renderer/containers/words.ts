// The texts of services and containers in the list: their states, whether a command can be executed, and what blocks it. Pure.

import { ecsTargetProblem, formatEcsTarget, parseEcsTarget, type EcsTarget } from '../../shared/ecstarget'
import { shownName } from '../../shared/foreigntext'
import type { Container, ContainerService, ExecObstacle, LaunchType } from '../../shared/model/container'
import { spanWords, type StateWords } from '../../shared/status'

const SHORT_TASK = 8

/** The beginning of a task's id, as a list shows it. */
export function shortTask(taskId: string): string {
  return taskId.slice(0, SHORT_TASK)
}

/** How ECS is asked to run a task, in words. */
export const LAUNCH_WORDS: Readonly<Record<LaunchType, string>> = {
  FARGATE: 'Fargate',
  EC2: 'EC2',
  EXTERNAL: 'External',
}

/** Each obstacle in two or three words, for a row. */
const OBSTACLE_WORDS: Readonly<Record<ExecObstacle, string>> = {
  'not-running': 'not running',
  'not-enabled': 'not enabled',
  'agent-pending': 'agent starting',
  'agent-stopped': 'agent stopped',
  'no-task-role': 'no task role',
  'read-only-root': 'read-only root',
  'platform-version': 'platform too old',
  'shared-pid': 'shared PID namespace',
}

/** The state of a container. */
export function containerWords({ state }: Pick<Container, 'state'>): StateWords {
  const word = `${state.charAt(0).toUpperCase()}${state.slice(1).toLowerCase().replaceAll('_', ' ')}`
  switch (state) {
    case 'RUNNING':
      return { tone: 'up', word }
    case 'PENDING':
    case 'PROVISIONING':
    case 'ACTIVATING':
      return { tone: 'working', word }
    default:
      return { tone: 'idle', word: word === '' ? 'Not known' : word }
  }
}

/** Whether a command can be executed in a container: "Ready", or the first obstacle. */
export function execWords({ exec }: Pick<Container, 'exec'>): StateWords {
  if (exec.kind === 'ready') return { tone: 'up', word: 'Ready' }
  const [first, ...more] = exec.obstacles
  const said = first === undefined ? 'blocked' : OBSTACLE_WORDS[first]
  const word = `${said.charAt(0).toUpperCase()}${said.slice(1)}`
  return {
    tone: first === 'agent-pending' ? 'working' : first === 'agent-stopped' ? 'failed' : 'idle',
    word,
    ...(more.length === 0 ? {} : { detail: `and ${more.length} more` }),
  }
}

/** "2 of 2 running" with the tone of a service. */
export function serviceWords({ desired, running, pending }: ContainerService): StateWords {
  const word = `${running} of ${desired} running`
  const detail = pending === 0 ? {} : { detail: `${pending} starting` }
  if (desired === 0 && running === 0) return { tone: 'idle', word: 'Scaled to 0' }
  if (running >= desired) return { tone: 'up', word, ...detail }
  return { tone: pending > 0 ? 'working' : 'waiting', word, ...detail }
}

/** Why no shell can be opened in a container, as a sentence; undefined if one can. */
export function shellBlock(container: Container): string | undefined {
  const { exec, state } = container
  if (exec.kind === 'ready') return undefined
  const [first] = exec.obstacles
  switch (first) {
    case 'not-running':
      return `The container is ${containerWords({ state }).word.toLowerCase()}.`
    case 'not-enabled':
      return 'ECS Exec is not enabled for this task. Its details show how to enable it.'
    case 'agent-pending':
      return 'Its exec agent is starting. Try again in a moment.'
    case 'agent-stopped':
      return 'Its exec agent has stopped. Its details show what to do.'
    case 'no-task-role':
      return 'Its task has no role, so the exec agent cannot connect.'
    case 'read-only-root':
      return 'Its root filesystem is read-only, so the exec agent cannot run.'
    case 'platform-version':
      return 'Its Fargate platform version is too old for ECS Exec.'
    case 'shared-pid':
      return 'Its task shares one PID namespace: ECS Exec reaches one container of it only.'
    case undefined:
  }
  return 'No command can be executed in this container.'
}

/** Whether a shell can be opened in a container. */
export function isReady({ exec }: Pick<Container, 'exec'>): boolean {
  return exec.kind === 'ready'
}

/** Why no shell can be opened in any container of a service, as a sentence; undefined if one can. */
export function serviceShellBlock(service: ContainerService, containers: readonly Container[]): string | undefined {
  if (containers.some(isReady)) return undefined
  const [first] = containers
  if (first === undefined) return `${shownName(service.name)} runs no task now.`
  const reasons = new Set(containers.map((container) => execWords(container).word.toLowerCase()))
  return `No container of ${shownName(service.name)} can be reached: ${[...reasons].join(', ')}.`
}

/** How long a container or a task has been running: "2 h 14 min"; "–" where AWS does not tell. */
export function startedWords({ startedAt }: Pick<Container, 'startedAt'>, nowAt: number): string {
  if (startedAt === undefined) return '–'
  const span = nowAt - startedAt
  return span < 60_000 ? 'under 1 min' : spanWords(span)
}

/** The TARGET of a service, or of one of its containers in whichever task is chosen. */
export function serviceTarget({ cluster, name }: ContainerService, container?: string): string {
  return formatEcsTarget({ cluster, of: { service: name }, ...(container === undefined ? {} : { container }) })
}

/** The TARGET of exactly this container. */
export function containerTarget({ cluster, taskId, name }: Container): string {
  const target: EcsTarget = { cluster, of: { taskId }, container: name }
  return formatEcsTarget(target)
}

/** A container as a tab shows it: "storefront-web/web", or its name with its task where it belongs to no service. */
export function containerLabel({ service, name, taskId }: Pick<Container, 'service' | 'name' | 'taskId'>): string {
  return service === undefined ? `${name} ${shortTask(taskId)}` : `${service}/${name}`
}

/** A TARGET as a forward shows it: "storefront", "storefront/web", "web aaaaaaaa"; a malformed one as it is. */
export function targetWords(target: string): string {
  if (ecsTargetProblem(target) !== undefined) return target
  const { of, container } = parseEcsTarget(target)
  if ('service' in of) return container === undefined ? of.service : `${of.service}/${container}`
  return container === undefined ? `task ${shortTask(of.taskId)}` : `${container} ${shortTask(of.taskId)}`
}

/** Whether a TARGET names a service, one of whose tasks is chosen. */
export function isOfService(target: string): boolean {
  return ecsTargetProblem(target) === undefined && 'service' in parseEcsTarget(target).of
}

/** The AWS command that opens the same shell; undefined where a name is none that ECS allows. */
export function execCommand({ cluster, taskId, name }: Container, command: string): string | undefined {
  const isPlain = [cluster, taskId, name].every((word) => /^[A-Za-z0-9_-]+$/.test(word))
  if (!isPlain) return undefined
  const quoted = /^[A-Za-z0-9_./-]+$/.test(command) ? command : `'${command.replaceAll("'", `'\\''`)}'`
  return `aws ecs execute-command --cluster ${cluster} --task ${taskId} --container ${name} --interactive --command ${quoted}`
}
