// One round of the fault suite: twenty tunnels with mixed traffic and a few shells under a random script, and what must hold
// all the while. The seed chooses which tunnels meet an old agent, and whether the account encrypts its sessions (cast.ts).
//
//   - every byte arrives once and in order, or its connection ends with a reset that the tunnel's events account for
//   - tunnels go through legal states only, and never fail: nothing that the script does is for good
//   - what a shell prints is what was typed into it and what it answers, once and in order, for as long as its session lives
//   - within 30 s of the last fault every tunnel is up and every shell answers, and within 30 s more every connection has ended
//   - after disposal there is no session, no bound port, no socket and no timer left
//   - every kind of fault has happened

import { FAULT_KINDS, type FaultCounts } from '../../electron/simulator/faults/kinds'
import { Dice } from '../../electron/simulator/faults/dice'
import { pickFor } from '../../electron/core/environments/picking'
import { castOf, type Cast, type TunnelRole } from './cast'
import { LeakWatch, isFree } from './leaks'
import { makeScript, type Act } from './script'
import { openFaultyStage, type FaultyStage } from './stage'
import { ShellUse } from './shells'
import { WORKLOADS, use, type Outcome } from './traffic'
import { TunnelWatch } from './watch'

const UP_WITHIN_MS = 30_000
const FINISHED_WITHIN_MS = 30_000
// A session whose TerminateSession never got through ends by the service's clock, within 12 s.
const ENDED_WITHIN_MS = 30_000
// Closing takes some seconds on a busy machine. A connection that is still open after this time hangs.
const CLOSED_WITHIN_MS = 30_000
// Longer than the service's longest span; cuts may have kept every session from reaching it.
const BY_CLOCK_WITHIN_MS = 30_000
const BY_CLOCK = ['recycle', 'idle-timeout', 'max-duration'] as const

/** What to play. */
export interface RoundOptions {
  readonly seed: number
  /** For how long faults are injected. */
  readonly faultsMs: number
}

/** What a round has seen. Without violations it has passed. */
export interface Report {
  readonly counts: FaultCounts
  readonly violations: readonly string[]
  readonly cast: Cast
  /** Shells that were used to their exit, and those whose session ended before. */
  readonly conversations: number
  readonly shellsLost: number
  readonly whole: number
  readonly resets: number
  readonly bytes: number
  readonly resumed: number
  readonly restarted: number
  /** Moves of the tunnels on a set to another host. */
  readonly moved: number
  /** Second sockets of open sessions that were taken. */
  readonly resumedAhead: number
  /** From the end of the faults until the last tunnel was up. */
  readonly recoveredMs: number
}

interface Runner {
  readonly name: string
  readonly role: TunnelRole
  readonly watch: TunnelWatch
  readonly outcome: Outcome
  readonly tunnel: ReturnType<FaultyStage['environment']['startTunnel']>
}

function startRunner(stage: FaultyStage, role: TunnelRole, index: number): Runner {
  const { workload, isBasic, isOnSet } = role
  const { environment } = stage
  const machines = stage.machines(isBasic)
  const name = `${isBasic ? 'basic ' : ''}${workload} ${index + 1}${isOnSet ? ' on a set' : ''}`
  const watch = new TunnelWatch(name)
  const set = { kind: 'set', set: { hosts: 'asg:*', choice: 'newest' } } as const
  const tunnel = environment.startTunnel({
    target: isOnSet
      ? pickFor({ target: set, environment, lookAgainMs: 0, onFound: () => undefined })
      : machines[index % machines.length]!,
    remotePort: WORKLOADS[workload],
    onState: (state) => watch.onState(state),
    onEvent: (event) => watch.onEvent(event),
  })
  return { name, role, watch, tunnel, outcome: newOutcome((line) => watch.note(line)) }
}

function newOutcome(note: Outcome['note']): Outcome {
  return { whole: 0, bytes: 0, resets: 0, violations: [], note }
}

interface ShellRunner {
  readonly name: string
  readonly use: ShellUse
  readonly outcome: Outcome
  readonly history: readonly string[]
}

function newShellRunner(stage: FaultyStage, seed: number, index: number): ShellRunner {
  const machines = stage.machines(false)
  const history: string[] = []
  const outcome = newOutcome((line) => history.push(line))
  const { environment } = stage
  const target = machines[index % machines.length]!
  const use = new ShellUse({ environment, target, dice: new Dice(seed), outcome })
  return { name: `shell ${index + 1}`, use, outcome, history }
}

/** Does the acts at their times. Returns what stops that. */
function perform(acts: readonly Act[], stage: FaultyStage): () => Promise<void> {
  const under: Promise<void>[] = []
  const timers = acts.map(({ atMs, kind }) =>
    setTimeout(() => {
      if (kind === 'login') under.push(stage.login())
      else stage.environment.wake()
    }, atMs),
  )
  return async () => {
    for (const timer of timers) clearTimeout(timer)
    await Promise.all(under)
  }
}

/** Resolves with the names of those whose `done` has not resolved within `ms`. */
async function late(ms: number, all: readonly { readonly name: string; readonly done: Promise<unknown> }[]) {
  const open = new Set(all.map(({ name }) => name))
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  const every = Promise.all(all.map(({ name, done }) => done.then(() => open.delete(name))))
  await Promise.race([every, limit])
  clearTimeout(timer)
  return [...open]
}

function sum(runners: readonly Runner[], of: (runner: Runner) => number): number {
  return runners.reduce((total, runner) => total + of(runner), 0)
}

function accountFor({ name, watch, outcome }: Runner): string[] {
  const found = [...watch.violations, ...outcome.violations.map((what) => `${name}: ${what}`)]
  if (outcome.resets > watch.accounted) {
    found.push(`${name}: ${outcome.resets} connections were reset, the events account for ${watch.accounted}`)
  }
  return found.length === 0 ? [] : [...found, ...watch.history.map((line) => `  ${name}: ${line}`)]
}

function accountForShell({ name, outcome, history }: ShellRunner): string[] {
  if (outcome.violations.length === 0) return []
  return [...outcome.violations.map((what) => `${name}: ${what}`), ...history.map((line) => `  ${name}: ${line}`)]
}

/** Kinds of traffic of which no connection ended whole: one tunnel may be hit each time, all of a kind only where it is broken. */
function neverWhole(runners: readonly Runner[]): string[] {
  const kindOf = ({ role: { workload, isBasic } }: Runner): string => `${isBasic ? 'basic ' : ''}${workload}`
  return [...new Set(runners.map(kindOf))].flatMap((kind) => {
    const ours = runners.filter((runner) => kindOf(runner) === kind)
    const isQuiet = ours[0]?.role.workload === 'idle'
    return isQuiet || sum(ours, ({ outcome }) => outcome.whole) > 0
      ? []
      : [`not one connection of the kind "${kind}" ended whole`]
  })
}

/** Waits until no session is left at the service. */
async function sessionsLeft(stage: FaultyStage, ms: number): Promise<readonly string[]> {
  const endsAt = performance.now() + ms
  while (stage.active().length > 0 && performance.now() < endsAt) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
  return stage.active()
}

/** Goes on until what the service does by its clock alone has happened as well, without any other fault. */
async function clockIsThrough(stage: FaultyStage): Promise<void> {
  const endsAt = performance.now() + BY_CLOCK_WITHIN_MS
  while (BY_CLOCK.some((kind) => stage.simulator.faults.counts[kind] === 0) && performance.now() < endsAt) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
  }
}

/** Plays one round from its beginning to its end, where nothing of it is left. Rejects only with a fault of the suite. */
export async function playRound({ seed, faultsMs }: RoundOptions): Promise<Report> {
  const leaks = new LeakWatch()
  const violations: string[] = []
  const cast = castOf(seed)
  const stage = await openFaultyStage(cast)
  const runners = cast.tunnels.map((role, index) => startRunner(stage, role, index))
  const shells = Array.from({ length: cast.shells }, (_, index) =>
    newShellRunner(stage, seed + runners.length + index, index),
  )
  const neverUp = await Promise.all(runners.map(({ watch }) => watch.up(UP_WITHIN_MS)))
  if (neverUp.includes(false)) violations.push('not every tunnel came up before the first fault')

  const stop = new AbortController()
  const uses = runners.map(({ name, role: { workload, isBasic }, tunnel, outcome }, index) => {
    const dice = new Dice(seed + index)
    const at = { port: tunnel.port, random: () => dice.roll(), isBasic }
    return { name, done: use(workload, at, outcome, stop.signal) }
  })
  for (const { name, use: shell } of shells) uses.push({ name, done: shell.run(stop.signal) })
  const script = makeScript(seed, faultsMs)
  const stopActs = perform(script.acts, stage)
  await stage.simulator.faults.play(script.faults)
  await stopActs()
  // A login that came too late for the script.
  await stage.login()

  const stoppedAt = performance.now()
  const shellsOfUse = shells.map(({ name, use: shell }) => ({ name, done: shell.nextWhole() }))
  const ups = runners.map(({ name, watch }) => ({ name, done: watch.up(UP_WITHIN_MS * 2).then(ifTrue) }))
  for (const name of await late(UP_WITHIN_MS, ups)) {
    const { state } = runners.find((runner) => runner.name === name)!.watch
    violations.push(`${name}: not up ${UP_WITHIN_MS} ms after the faults: ${JSON.stringify(state)}`)
  }
  for (const name of await late(UP_WITHIN_MS, shellsOfUse)) {
    violations.push(`${name}: no conversation was whole ${UP_WITHIN_MS} ms after the faults`)
  }
  const recoveredMs = Math.round(performance.now() - stoppedAt)
  await clockIsThrough(stage)
  stop.abort()
  for (const name of await late(FINISHED_WITHIN_MS, uses)) violations.push(`${name}: a connection hangs`)
  // The service's clock goes on: a session that has ended just now is told of once there is a new one.
  await Promise.all(runners.map(({ watch }) => watch.up(UP_WITHIN_MS)))

  const ports = runners.map(({ tunnel }) => tunnel.port)
  await Promise.all(runners.map(({ tunnel }) => tunnel[Symbol.asyncDispose]()))
  for (const name of await late(CLOSED_WITHIN_MS, uses)) violations.push(`${name}: a connection outlives its tunnel`)
  const left = await sessionsLeft(stage, ENDED_WITHIN_MS)
  if (left.length > 0) violations.push(`${left.length} sessions are still active after disposal`)
  const free = await Promise.all(ports.map(isFree))
  if (free.includes(false)) violations.push('a port is still bound after disposal')
  const { counts } = stage.simulator.faults
  const resumedAhead = stage.resumedAhead()
  // With the other answers the first socket is closed first, and few sessions come that far.
  const isEasy = cast.openResume === 'replaces' || cast.openResume === 'both-live'
  if (resumedAhead === 0 && isEasy) violations.push('no open session was resumed ahead')
  await stage.close()
  const resourcesLeft = await leaks.settled(CLOSED_WITHIN_MS)
  if (resourcesLeft.length > 0) violations.push(`left behind: ${resourcesLeft.join(', ')}`)

  for (const runner of runners) violations.push(...accountFor(runner))
  for (const { name, role, watch } of runners) {
    if (!role.isOnSet && watch.moved > 0) violations.push(`${name}: moved, though its host was named`)
  }
  for (const shell of shells) violations.push(...accountForShell(shell))
  violations.push(...neverWhole(runners))
  for (const kind of FAULT_KINDS) if (counts[kind] === 0) violations.push(`no fault of the kind ${kind} happened`)
  return {
    counts,
    violations,
    cast,
    conversations: shells.reduce((total, { outcome }) => total + outcome.whole, 0),
    shellsLost: shells.reduce((total, { outcome }) => total + outcome.resets, 0),
    whole: sum(runners, ({ outcome }) => outcome.whole),
    resets: sum(runners, ({ outcome }) => outcome.resets),
    bytes: sum(runners, ({ outcome }) => outcome.bytes),
    resumed: sum(runners, ({ watch }) => watch.resumed),
    restarted: sum(runners, ({ watch }) => watch.restarted),
    moved: sum(runners, ({ watch }) => watch.moved),
    resumedAhead,
    recoveredMs,
  }
}

// A promise of `true` that never comes for a `false`.
function ifTrue(isUp: boolean): Promise<void> | undefined {
  return isUp ? undefined : new Promise(() => undefined)
}
