// How a door goes: in order when it is told to, and still in order when a fault of ours ends it.
//
//   quit     the sessions are ended, exit status 0, or what the door says, where it could not start
//   fault    an exception or a rejection that was not caught: it is written down, said once, the sessions are ended, status 1
//
// Both are given 5 s; then the process goes in any case. Whatever comes after the first fault changes nothing: an exception
// while ending must not start it again. Owns the order and the limit; what is ended and where things are said is the door's.

import { AppError, toWireError } from '../shared/errors'
import type { JournalEntry } from '../shared/model/journal'
import { redact } from '../shared/redaction'

// TerminateSession takes a second at most where the network is well.
const END_MS = 5_000

/** What a fault says may be of any length; a person reads a line. */
const MAX_CHARACTERS = 500

/** A fault of ours as it is told. */
export interface Fault {
  /** `internal`, with a sentence for a person: redacted, on one line, of bounded length. */
  readonly error: AppError
  /** The place in our code, where it is known. */
  readonly where: string | undefined
}

/** What a door does when it goes. Nothing of it is called twice, and what it throws stops nothing. */
export interface Door {
  /** What the person calls it: "Culvert". */
  readonly name: string
  /** Writes a fault down, where there is a journal. */
  record?(fault: Fault): void
  /** Says a fault where it is read at once. Must not wait: the sessions are ended after it. */
  say(fault: Fault): void
  /** Ends everything in order, sessions first. */
  end(): Promise<void>
  /** Ends the process. With a fault, where it may also be shown until it is read. */
  exit(status: number, fault: Fault | undefined): void
}

/** The way out of a door. */
export interface LastWords {
  /** Ends in order, with `status` (0 unless said otherwise) where that succeeds. Nothing happens when it is under way. */
  quit(status?: number): void
  /** Takes what was not caught, and ends in order. */
  fault(thrown: unknown): void
  /** The fault that it ends of, if it does. */
  readonly told: Fault | undefined
}

/** Makes the way out of `door`. */
export function lastWords(door: Door): LastWords {
  let told: Fault | undefined
  let isEnding = false
  let hasExited = false
  const exit = (status: number): void => {
    if (hasExited) return
    hasExited = true
    attempt(() => door.exit(told === undefined ? status : 1, told))
  }
  const quit = (status = 0): void => {
    if (isEnding) return
    isEnding = true
    // It holds the process: an ending that waits for nothing would else be the end, with status 0.
    const timer = setTimeout(() => exit(status || 1), END_MS)
    void hasEnded(door).then((isInOrder) => {
      clearTimeout(timer)
      exit(isInOrder ? status : status || 1)
    })
  }
  return {
    quit,
    fault: (thrown) => {
      if (told !== undefined) return
      const fault = faultOf(thrown, door.name)
      told = fault
      attempt(() => door.record?.(fault))
      attempt(() => door.say(fault))
      quit()
    },
    get told() {
      return told
    },
  }
}

/**
 * Gives what nothing of this process catches to `words`, for the rest of the process. An output whose reader has gone is no
 * fault: what is written there is lost.
 */
export function catchFaults(words: LastWords): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('uncaughtException', (error) => words.fault(error))
  process.on('unhandledRejection', (reason) => words.fault(reason))
}

/** What the journal keeps of a fault. */
export function faultEntry({ error, where }: Fault): Pick<JournalEntry, 'text' | 'error' | 'facts'> {
  return {
    text: 'Culvert has a fault and ends. Its sessions are ended first.',
    error: toWireError(error),
    ...(where === undefined ? {} : { facts: { Where: where } }),
  }
}

/** Whether a door has ended in order. Never rejects. */
async function hasEnded(door: Door): Promise<boolean> {
  try {
    await door.end()
    return true
  } catch {
    return false
  }
}

function attempt(act: () => void): void {
  try {
    act()
  } catch {
    // There is a fault already; a second one must not keep the first from being told, nor the sessions from being ended.
  }
}

/** Describes anything thrown. What is thrown may itself throw when it is looked at. */
function faultOf(thrown: unknown, name: string): Fault {
  let why = 'it cannot be said'
  let where: string | undefined
  try {
    why = bounded(thrown instanceof Error ? thrown.message : String(thrown))
    where = thrown instanceof Error ? placeOf(thrown.stack ?? '') : undefined
  } catch {
    // `why` stands.
  }
  const message = `${name} has a fault and ends (${why}): start it again, and report this if it comes back.`
  return { error: new AppError('internal', message, { cause: thrown }), where }
}

function bounded(text: string): string {
  // Cut before, too: redacting a long text takes long.
  const line = redact(text.slice(0, 4 * MAX_CHARACTERS).replace(/[\s\p{Cc}]+/gu, ' ')).trim()
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)}…`
}

/** The innermost frame of a stack that is our own. */
function placeOf(stack: string): string | undefined {
  const frame = stack.split('\n').find((line) => /^\s+at (?!.*\bnode:)/.test(line))
  return frame === undefined ? undefined : bounded(frame.replace(/^\s+at /, ''))
}
