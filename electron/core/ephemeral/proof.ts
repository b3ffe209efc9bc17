// The first line of a session of the watcher's container: whether the watcher has been found. It is taken off the output.

import type { Readable } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import { cutText } from '../../../shared/cut'
import { AppError, asError } from '../../../shared/errors'
import { unlessAborted } from '../async/aborting'
import type { Shell } from '../sessions/shell'
import type { EphemeralTiming } from './timing'
import { proofLine } from './watcher'

/** More than any agent says before a program runs. */
const MAX_BEFORE = 16_384
const MAX_SAID = 500

/** `found`: the watcher runs, and the output goes on behind the line. `none`: it was not found. `ended`: no line came before the end. */
export type Proof =
  | { readonly kind: 'found' }
  | { readonly kind: 'none' }
  | { readonly kind: 'ended'; readonly said: string }

/** Reads the output of a shell as far as the line. Rejects as the shell does, and with the reason of `signal`. */
export async function proofOf(
  shell: Pick<Shell, 'output' | 'ended'>,
  nonce: string,
  signal: AbortSignal,
): Promise<Proof> {
  const { output } = shell
  const found = deferred<Proof>()
  const read = reader(output, nonce, found.resolve)
  output.on('data', read)
  shell.ended.then(
    // What came with the end is still in the output.
    ({ text }) =>
      setImmediate(() => found.resolve({ kind: 'ended', said: cutText(`${read.before()} ${text}`.trim(), MAX_SAID) })),
    (error: unknown) => found.reject(asError(error)),
  )
  try {
    return await unlessAborted(found.promise, signal)
  } finally {
    output.off('data', read)
    output.pause()
  }
}

/** What a proof is judged by. */
export interface ProveOptions {
  readonly nonce: string
  readonly container: string
  readonly timing: Pick<EphemeralTiming, 'proofMs' | 'silenceMs'>
  /** The container has a definition of Culvert's own: there is nothing more to offer. */
  readonly isDerived: boolean
  /** Why the task has ended by itself; undefined: it has not. */
  readonly earlyEnd: () => Promise<AppError | undefined>
  readonly signal: AbortSignal
}

/**
 * Resolves where the watcher was found; ends the session otherwise. Rejects with `entry-point`, with `container-full` where the agent says
 * nothing at all, with the error of a task that has ended, and as the shell does.
 */
export async function prove(shell: Shell, options: ProveOptions): Promise<void> {
  const { nonce, container, timing, isDerived, earlyEnd, signal } = options
  const silence = new AbortController()
  // An agent that has two sessions leaves a third one without an answer.
  const full = `The exec agent of ${container} does not answer a further session: a container takes two at a time.`
  const abort = (): void => silence.abort(new AppError('container-full', full))
  const timer = setTimeout(abort, timing.proofMs + timing.silenceMs)
  try {
    const proof = await proofOf(shell, nonce, AbortSignal.any([signal, silence.signal]))
    if (proof.kind !== 'found') throw (await earlyEnd()) ?? unproven(proof, { container, isDerived })
  } catch (error) {
    await shell[Symbol.asyncDispose]()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function unproven(
  proof: Exclude<Proof, { readonly kind: 'found' }>,
  { container, isDerived }: Pick<ProveOptions, 'container' | 'isDerived'>,
): AppError {
  const next = isDerived
    ? 'It cannot be used for an ephemeral session.'
    : "RunTask cannot override an entry point; a task definition of Culvert's own can."
  const what =
    proof.kind === 'none'
      ? `The image of ${container} has ignored the command of the session and runs its own.`
      : `No sh could be run in ${container} (${proof.said === '' ? 'without a text' : proof.said}).`
  return new AppError('entry-point', `${what} ${next}`)
}

interface Reader {
  (chunk: Buffer): void
  /** What came without a line. */
  before(): string
}

function reader(output: Readable, nonce: string, found: (proof: Proof) => void): Reader {
  const lines = { found: proofLine(nonce, true), none: proofLine(nonce, false) } as const
  let seen = Buffer.alloc(0)
  let isOver = false
  const read = (chunk: Buffer): void => {
    if (isOver) return
    seen = Buffer.concat([seen, chunk])
    for (const kind of ['found', 'none'] as const) {
      const at = seen.indexOf(lines[kind])
      const end = at < 0 ? -1 : seen.indexOf('\n', at)
      if (end < 0) continue
      isOver = true
      output.pause()
      const rest = seen.subarray(end + 1)
      if (rest.length > 0) output.unshift(rest)
      found({ kind })
      return
    }
    if (seen.length > MAX_BEFORE) seen = seen.subarray(seen.length - MAX_BEFORE)
  }
  return Object.assign(read, { before: () => seen.toString('utf8').replace(/\s+/g, ' ').trim() })
}
