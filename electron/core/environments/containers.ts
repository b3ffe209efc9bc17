// Finds the container of a TARGET: ecs:CLUSTER/SERVICE[/CONTAINER], ecs:CLUSTER/TASK[/CONTAINER], ecs:CLUSTER_TASK_RUNTIME.
//
// Of a service one of its tasks is chosen, as a host of a set is. In the task it is the named container, or the first one of its
// definition that can be reached. What cannot be reached is told task by task, with the reason.

import type { EcsCalls } from '../../../shared/ecscalls'
import { formatEcsTarget, parseEcsPlace, parseEcsTarget, type EcsTarget } from '../../../shared/ecstarget'
import { AppError } from '../../../shared/errors'
import { enableExecCommand, obstaclesNext, obstaclesText } from '../../../shared/execwords'
import type { Container, ExecObstacle, ExecState } from '../../../shared/model/container'
import type { Instance } from '../../../shared/model/instance'
import type { FoundContainer, FoundHost, FinderOptions, HostWish } from './finding'
import { bareTarget } from './targets'

/** How many tasks an error names. */
const MAX_NAMED = 10
/** Digits of a task's id in a name: enough to tell the tasks of a service apart. */
const SHORT = 8
/** These pass by themselves, so another attempt may find a container. */
const PASSING: ReadonlySet<ExecObstacle> = new Set(['agent-pending', 'not-running'])

/** A task has these from its start until its end: another attempt in the same task meets them again. */
const OF_ITS_TASK: ReadonlySet<ExecObstacle> = new Set([
  'not-enabled',
  'no-task-role',
  'read-only-root',
  'platform-version',
])

/** `exec-blocked`, with whether the same task can ever be used. */
export class ExecBlocked extends AppError {
  readonly isLasting: boolean

  constructor(message: string, options: { readonly command: string | undefined; readonly isLasting: boolean }) {
    super('exec-blocked', message, { command: options.command })
    this.isLasting = options.isLasting
  }
}

/** What finding a container needs. */
export interface ContainerFinding {
  readonly ecs: Pick<EcsCalls, 'containersOf'>
  /** The environment's name and region, by which a sticky choice is remembered. */
  readonly place: string
  readonly lastHosts: FinderOptions['lastHosts']
  readonly random: () => number
}

/** A container that a command can be executed in. */
type Reachable = Container & { readonly target: string }

/**
 * Finds the container. Rejects with `usage` for a malformed TARGET, `unknown-instance`, `no-good-host` where a service has no task with a
 * container that can be reached now, and `exec-blocked` where a person must change something first. A stopped task that was named is an
 * `unknown-instance`.
 */
export async function findContainer(
  text: string,
  wish: HostWish,
  { finding, signal }: { readonly finding: ContainerFinding; readonly signal: AbortSignal },
): Promise<FoundHost> {
  const place = parseEcsPlace(text)
  if (wish.hostId !== undefined && wish.hostId !== text) {
    throw new AppError('usage', `${text} has no host ids: write ecs:CLUSTER/TASK/CONTAINER for one task.`)
  }
  if (place !== undefined) return atPlace(text, place, { finding, signal })
  const target = parseEcsTarget(text)
  const { cluster, of } = target
  const containers = await finding.ecs.containersOf({ cluster, ...of }, signal)
  const tasks = byTask(containers)
  const chosen = 'service' in of ? await ofService(target, wish, { tasks, finding }) : ofTask(target, tasks)
  const good = tasks.filter((task) => reachable(task, target.container) !== undefined).length
  return {
    ...foundOf(chosen, 'service' in of),
    ...('service' in of ? { hosts: { good, all: tasks.length } } : {}),
  }
}

/** Whether a TARGET leaves open which task is used, so that another task can take the place of one that is gone. */
export function isServiceTarget(text: string): boolean {
  return text.startsWith('ecs:') && parseEcsPlace(text) === undefined && 'service' in parseEcsTarget(text).of
}

/** Exactly the container that Systems Manager knows by this text. Where describing it is denied, a session to it may be allowed. */
async function atPlace(
  text: string,
  { cluster, taskId }: { readonly cluster: string; readonly taskId: string },
  { finding, signal }: { readonly finding: ContainerFinding; readonly signal: AbortSignal },
): Promise<FoundHost> {
  try {
    const containers = await finding.ecs.containersOf({ cluster, taskId }, signal)
    const found = containers.find(({ target }) => target === text)
    if (found === undefined) {
      throw new AppError(
        'unknown-instance',
        `The task ${taskId} has no container of ${text}: list the containers again.`,
      )
    }
    return foundOf(usable(found), false)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'access-denied') throw error
    return { instance: bareTarget(text) }
  }
}

/** The containers of each task, in the order in which they were listed. */
function byTask(containers: readonly Container[]): (readonly Container[])[] {
  const tasks = new Map<string, Container[]>()
  for (const container of containers) {
    const task = tasks.get(container.taskId)
    if (task === undefined) tasks.set(container.taskId, [container])
    else task.push(container)
  }
  return [...tasks.values()]
}

function isReachable(container: Container): container is Reachable {
  return container.exec.kind === 'ready' && container.target !== undefined
}

/** The container of a task: the named one, or the first that can be reached. */
function reachable(task: readonly Container[], name: string | undefined): Reachable | undefined {
  return task.filter((container) => name === undefined || container.name === name).find((one) => isReachable(one))
}

async function ofService(
  target: EcsTarget,
  { choice = 'random', avoid = [] }: HostWish,
  { tasks, finding }: { readonly tasks: readonly (readonly Container[])[]; readonly finding: ContainerFinding },
): Promise<Reachable> {
  const { lastHosts, place, random } = finding
  const good = tasks.flatMap((task) => reachable(task, target.container) ?? [])
  const others = good.filter((container) => !avoid.includes(container.target))
  const candidates = others.length === 0 ? good : others
  const remembered = { environment: place, hosts: formatEcsTarget(target) }
  const last = choice === 'sticky' ? await lastHosts.get(remembered) : undefined
  const kept = candidates.find((container) => container.target === last)
  const [newest] = candidates.toSorted((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0))
  const chosen = kept ?? (choice === 'newest' ? newest : candidates[Math.floor(random() * candidates.length)])
  if (chosen === undefined) throw noneOf(target, tasks)
  if (choice === 'sticky') await lastHosts.keep(remembered, chosen.target)
  return chosen
}

function ofTask(target: EcsTarget, tasks: readonly (readonly Container[])[]): Reachable {
  const [task = []] = tasks
  const found = reachable(task, target.container)
  if (found !== undefined) return found
  const [first] = named(task, target)
  if (first === undefined) throw new AppError('unknown-instance', `${formatEcsTarget(target)} has no container yet.`)
  return usable(first)
}

/** The containers of that name. Throws `unknown-instance` with the names that there are. */
function named(containers: readonly Container[], { container: name, ...target }: EcsTarget): readonly Container[] {
  const found = containers.filter((container) => name === undefined || container.name === name)
  if (found.length > 0 || containers.length === 0) return found
  const names = [...new Set(containers.map((container) => container.name))].join(', ')
  throw new AppError('unknown-instance', `${formatEcsTarget(target)} has no container ${name}. There are: ${names}.`)
}

/** The container of a task that a person has named, or the error that says why it cannot be used: `exec-blocked`, or `unknown-instance`. */
function usable(container: Container): Reachable {
  if (isReachable(container)) return container
  const { cluster, name, taskId, service, state } = container
  if (state === 'STOPPED') {
    const instead =
      service === undefined
        ? 'another task'
        : `its service, ${formatEcsTarget({ cluster, of: { service }, container: name })}`
    throw new AppError(
      'unknown-instance',
      `${name} of task ${taskId} in ${cluster} has stopped, and AWS starts a stopped container no second time: use ${instead}.`,
    )
  }
  throw blocked(`${name} of task ${taskId}`, container)
}

function blocked(
  subject: string,
  { exec, cluster, service }: Pick<Container, 'exec' | 'cluster' | 'service'>,
): ExecBlocked {
  const obstacles = obstaclesOf(exec)
  const reason = exec.kind === 'blocked' && exec.reason !== undefined ? ` AWS says: ${exec.reason}.` : ''
  const text = `No command can be executed in ${subject}: it ${obstaclesText(obstacles)}.${reason} ${obstaclesNext(obstacles)}`
  const command = enableExecCommand(exec, { cluster, service })
  return new ExecBlocked(text, { command, isLasting: obstacles.some((obstacle) => OF_ITS_TASK.has(obstacle)) })
}

/** A container that is ready has no target only while it is being started. */
function obstaclesOf(exec: ExecState): readonly ExecObstacle[] {
  return exec.kind === 'blocked' ? exec.obstacles : ['not-running']
}

/** Why no task of a service can be used. */
function noneOf(target: EcsTarget, tasks: readonly (readonly Container[])[]): AppError {
  const text = formatEcsTarget(target)
  if (tasks.length === 0) {
    return new AppError(
      'no-good-host',
      `${text} runs no task now. Start one, or raise the desired count of its service.`,
    )
  }
  const all = named(tasks.flat(), target)
  const [first] = all
  const lasting = all.every(({ exec }) => obstaclesOf(exec).some((obstacle) => !PASSING.has(obstacle)))
  const isSame = all.every(
    ({ exec }) => obstaclesText(obstaclesOf(exec)) === obstaclesText(obstaclesOf(first?.exec ?? exec)),
  )
  if (first !== undefined && lasting && isSame) return blocked(`any task of ${text}`, first)
  const why = all
    .slice(0, MAX_NAMED)
    .map(({ name, taskId, exec }) => `${name} of task ${taskId.slice(0, SHORT)} ${obstaclesText(obstaclesOf(exec))}`)
  const more = all.length > MAX_NAMED ? `; and ${all.length - MAX_NAMED} more` : ''
  return new AppError('no-good-host', `No container of ${text} can be reached: ${why.join('; ')}${more}.`, {
    command: first === undefined ? undefined : enableExecCommand(first.exec, first),
  })
}

function foundOf(container: Reachable, isChosen: boolean): FoundHost {
  const { cluster, service, taskId, name } = container
  const found: FoundContainer = { cluster, taskId, name, isChosen, ...(service === undefined ? {} : { service }) }
  return { instance: instanceOf(container), container: found }
}

/** A container as the host of a session: its id is the target of Systems Manager, its name is SERVICE/CONTAINER and its task. */
function instanceOf({ target, service, taskId, name, state, startedAt, privateIp }: Reachable): Instance {
  return {
    id: target,
    kind: 'ecs',
    name: `${service === undefined ? name : `${service}/${name}`} ${taskId.slice(0, SHORT)}`,
    tags: {},
    platform: 'unknown',
    state: state.toLowerCase(),
    agent: { kind: 'online' },
    ...(startedAt === undefined ? {} : { launchedAt: startedAt }),
    ...(privateIp === undefined ? {} : { privateIp }),
  }
}
