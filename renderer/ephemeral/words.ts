// The texts of ephemeral sessions: their steps with the time of each, their sizes, their end, and what a start says before it. Pure.

import type { EphemeralPlan, EphemeralStep, EphemeralView } from '../../shared/model/ephemeral'
import { EPHEMERAL_STEPS } from '../../shared/model/ephemeral'
import { clockWords, spanWords } from '../../shared/status'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** How long before the end a person is told: 10 minutes and 1 minute. */
const WARNINGS_MS = [10 * MINUTE_MS, MINUTE_MS] as const

const STEP_WORDS: Readonly<Record<EphemeralStep, string>> = {
  requested: 'Task requested',
  pulling: 'Pulling the image',
  starting: 'Starting the container',
  agent: 'Waiting for the exec agent',
  proof: 'Checking that nothing else was started',
  connected: 'Connected',
}

/** One line of the steps. */
export interface StepLine {
  readonly step: EphemeralStep
  readonly word: string
  /** `done` steps have taken `took`; the `now` step has taken it so far; `failed`: the start has ended in this step. */
  readonly state: 'done' | 'now' | 'failed' | 'next'
  readonly took?: string
}

/** Seconds with one decimal below ten seconds: "0.4 s", "12 s", "2 min 5 s". */
export function tookWords(spanMs: number): string {
  const span = Math.max(0, spanMs)
  if (span < 10 * SECOND_MS) return `${(span / SECOND_MS).toFixed(1)} s`
  const seconds = Math.floor(span / SECOND_MS)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** The steps of a start in their order. `endAt`: when it failed; absent while it goes on. */
export function stepLines(
  { steps }: Pick<EphemeralView, 'steps'>,
  { nowAt, endAt }: { readonly nowAt: number; readonly endAt?: number },
): readonly StepLine[] {
  const last = steps.at(-1)
  const lastIndex = last === undefined ? -1 : EPHEMERAL_STEPS.indexOf(last.step)
  return EPHEMERAL_STEPS.map((step, index): StepLine => {
    const word = STEP_WORDS[step]
    const at = steps.findIndex((each) => each.step === step)
    const reached = steps[at]
    // AWS may tell of a later step before the steps between them.
    if (reached === undefined) return { step, word, state: index < lastIndex ? 'done' : 'next' }
    const next = steps[at + 1]
    if (next !== undefined) return { step, word, state: 'done', took: tookWords(next.startAt - reached.startAt) }
    if (step === 'connected') return { step, word, state: 'done' }
    const took = tookWords((endAt ?? nowAt) - reached.startAt)
    return { step, word, state: endAt === undefined ? 'now' : 'failed', took }
  })
}

/** Whether the shell of a session has been reached: its steps are over. */
export function isConnected({ steps }: Pick<EphemeralView, 'steps'>): boolean {
  return steps.some(({ step }) => step === 'connected')
}

/** "ends in 6 days", "ends in 45 s", "ending". */
export function countdownWords(expiresAt: number, nowAt: number): string {
  const left = expiresAt - nowAt
  if (left <= 0) return 'ending'
  return left < MINUTE_MS ? `ends in ${Math.ceil(left / SECOND_MS)} s` : `ends in ${spanWords(left)}`
}

/** How many of the warnings are due: 0, 1 from 10 minutes on, 2 from 1 minute on. */
export function warningsDue(expiresAt: number | undefined, nowAt: number): number {
  if (expiresAt === undefined || expiresAt <= nowAt) return 0
  return WARNINGS_MS.filter((before) => expiresAt - nowAt <= before).length
}

/** What is said once for a warning. */
export function warningSentence(label: string, due: number): string {
  return `The ephemeral session ${label} ends in ${due > 1 ? '1 minute' : '10 minutes'}, and what runs in it. Save your work.`
}

/** "1,024 MB", "2 GB". */
export function memoryWords(memoryMiB: number): string {
  const isWhole = memoryMiB >= 2_048 && memoryMiB % 1_024 === 0
  return isWhole ? `${memoryMiB / 1_024} GB` : `${memoryMiB.toLocaleString('en')} MB`
}

/** "0.25 vCPU", "2 vCPU". */
export function cpuWords(cpuUnits: number): string {
  return `${Number((cpuUnits / 1_024).toFixed(3))} vCPU`
}

/** What a session would get, beside what the app has: "1,024 MB and 0.25 vCPU, not the app's 4 GB". */
export function sizeWords({ memoryMiB, cpuUnits, appMemoryMiB }: EphemeralPlan): string {
  const own = `${memoryWords(memoryMiB)} and ${cpuWords(cpuUnits)}`
  if (appMemoryMiB === undefined || appMemoryMiB === memoryMiB) return own
  return `${own}, not the app’s ${memoryWords(appMemoryMiB)}`
}

/** The banner of a session that has begun. */
export function beginWords({ service, container, memoryMiB }: EphemeralView): string {
  const size = memoryMiB === undefined ? '' : ` It has ${memoryWords(memoryMiB)} of memory.`
  return `It is a new task like ${service}/${container}: the processes and files of the running containers are not here.${size} It ends with this tab.`
}

/** The banner of a session whose beat is refused. */
export function orphanWords(orphanUntil: number): string {
  return `Its second session, which carries the heartbeat, was refused. If this computer loses the connection, the container may go on until ${clockWords(orphanUntil)}.`
}
