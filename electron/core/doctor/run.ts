// Runs the checks one after the other and tells each line as it is found.
//
// A check whose need has failed is not run: its line names the need. Each check has a limit of time. A session that a
// check has started is ended before the run settles, also after an error or an abort. Nothing else is changed.

import { AppError } from '../../../shared/errors'
import type { DoctorLine } from '../../../shared/model/doctor'
import { redact } from '../../../shared/redaction'
import { unlessAborted } from '../async/aborting'
import { settledWithin } from '../async/closing'
import { checksFor } from './list'
import { findingOf, unknown, type Check, type Exam, type Finding } from './parts'

/** Evidence quotes services and files; a line is read by a person. */
const MAX_TEXT = 1_000

/** What a run tells while it works. Neither may throw. */
export interface DoctorHandlers {
  /** A check begins. */
  readonly onStep: (title: string) => void
  readonly onLine: (line: DoctorLine) => void
}

/** A check that was stopped may be waiting for the answer to StartSession: that session has to be ended, too. */
const STOP_MS = 10_000

/** Runs a check within its limit. `began` is called with its work, which may go on after an abort. */
async function runOne(
  check: Check,
  exam: Exam,
  { signal, began }: { readonly signal: AbortSignal; readonly began: (work: Promise<unknown>) => void },
): Promise<Finding> {
  const limit = new AbortController()
  const late = new AppError(
    'timeout',
    `There was no result within ${check.limitMs / 1_000} s: check the network, then run the doctor again.`,
  )
  const timer = setTimeout(() => limit.abort(late), check.limitMs)
  const either = AbortSignal.any([signal, limit.signal])
  try {
    const work = check.run(exam, either)
    began(work)
    return await unlessAborted(work, either)
  } catch (error) {
    signal.throwIfAborted()
    return findingOf(limit.signal.aborted ? late : error)
  } finally {
    clearTimeout(timer)
  }
}

function text(value: string): string {
  return redact(value.slice(0, 4 * MAX_TEXT)).slice(0, MAX_TEXT)
}

function lineOf({ id, group, title }: Check, finding: Finding): DoctorLine {
  const { outcome, evidence, missing, next, command } = finding
  return {
    id,
    group,
    title,
    outcome,
    evidence: text(evidence),
    ...(missing === undefined ? {} : { missing: text(missing) }),
    ...(next === undefined ? {} : { next: text(next) }),
    ...(command === undefined ? {} : { command: text(command) }),
  }
}

/**
 * Runs every check that `exam.request` asks for and resolves with all lines. Rejects with the signal's reason, once the session has
 * been ended. The environment stays open: its owner closes it.
 */
export async function runDoctor(
  exam: Exam,
  handlers: DoctorHandlers,
  signal: AbortSignal,
): Promise<readonly DoctorLine[]> {
  const lines: DoctorLine[] = []
  const checks = checksFor(exam.request)
  const titles = new Map(checks.map(({ id, title }) => [id, title]))
  /** Checks that have failed, and those that could not be run because of them. */
  const blocked = new Set<string>()
  let work: Promise<unknown> = Promise.resolve()
  try {
    for (const check of checks) {
      signal.throwIfAborted()
      const need = check.needs.find((id) => blocked.has(id))
      let finding: Finding
      if (need === undefined) {
        handlers.onStep(check.title)
        const began = (started: Promise<unknown>): void => {
          work = started
        }
        finding = await runOne(check, exam, { signal, began })
      } else finding = unknown(`Not known: "${titles.get(need) ?? need}" has to work first.`)
      const isClosed = finding.outcome === 'failed' || (check.isGate === true && finding.outcome === 'unknown')
      if (isClosed || need !== undefined) blocked.add(check.id)
      const line = lineOf(check, finding)
      lines.push(line)
      handlers.onLine(line)
    }
    return lines
  } finally {
    await settledWithin(work, STOP_MS)
    // Neither rejects.
    await exam.trial?.[Symbol.asyncDispose]()
    await exam.probe?.[Symbol.asyncDispose]()
  }
}
