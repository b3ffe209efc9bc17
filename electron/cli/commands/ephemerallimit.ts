// At the limit of ephemeral sessions, on a terminal: lists the sessions of this computer by number, and ends the one that a person chooses.

import type { EcsCalls } from '../../../shared/ecscalls'
import type { OpenEphemeral } from '../../../shared/model/ephemeral'
import { spanWords } from '../../../shared/status'
import type { Printer } from '../context'
import type { Keyboard } from '../keyboard'
import { wordLine } from '../text'
import { pressedKey } from '../yes'

/** One key names one of them. */
const MAX_CHOICES = 9

/** What the offer needs. */
export interface EndOneOptions {
  readonly ecs: Pick<EcsCalls, 'stopTask'>
  readonly keyboard: Keyboard
  readonly stderr: Printer
  readonly now: number
  readonly signal: AbortSignal
}

/** Resolves with the ended session; undefined where this computer has none, or the person chose none. Rejects as the call does. */
export async function endOneOf(
  open: readonly OpenEphemeral[],
  { ecs, keyboard, stderr, now, signal }: EndOneOptions,
): Promise<OpenEphemeral | undefined> {
  const own = open.filter(({ holder }) => holder !== 'others').slice(0, MAX_CHOICES)
  if (own.length === 0) return undefined
  await stderr.write(wordLine(`${open.length} ephemeral sessions are open, which is the limit. Of this computer:`))
  for (const [index, { service, cluster, taskId, startedAt, holder }] of own.entries()) {
    const age = startedAt === undefined ? 'of an unknown age' : `${spanWords(Math.max(0, now - startedAt))} old`
    const left = holder === 'left-over' ? ', left behind' : ''
    await stderr.write(wordLine(`${index + 1}: ${service ?? cluster}, ${age}${left} (task ${taskId})`))
  }
  await stderr.write(`End one and start? [1-${own.length}, else no] `)
  const chosen = own[Number(await pressedKey(keyboard, signal)) - 1]
  await stderr.write(chosen === undefined ? 'no\n' : `${own.indexOf(chosen) + 1}\n`)
  if (chosen !== undefined) await ecs.stopTask(chosen.cluster, chosen.taskId, 'Culvert: ended by a person.', signal)
  return chosen
}
