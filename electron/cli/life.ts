// Tells a command to end: because of a signal, or because the reader of stdout has gone.
//
// Owns the process's signal handlers. A first signal aborts `signal`, and the command ends in order: its session is
// terminated, its terminal restored. Further signals change nothing: a second Ctrl-C would otherwise leave a session Active.
// An ending that hangs is cut short after 12 s.

import { constants } from 'node:os'

/** Signals that end a command. SIGINT comes as a byte instead while a shell has the terminal in raw mode. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Flag 2 may take 2 s, draining before it and TerminateSession after it 3 s each; the Demo's process 2 s. */
const ENDING_MS = 12_000

/** The status of a program that writes into a closed pipe and is not told otherwise: 128 + SIGPIPE. */
export const READER_GONE_STATUS = 141

/** Why a command was told to end; the reason of an aborted `Life.signal`. */
export class Interruption extends Error {
  /** The exit status where the command has none of its own for this. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.name = 'Interruption'
    this.status = status
  }
}

/** The life of one command. */
export interface Life {
  /** Aborted with an `Interruption`. */
  readonly signal: AbortSignal
  /** Ends the command as a signal does. */
  end(why: Interruption): void
  /** Ends it because the reader of stdout has gone. */
  readerGone(): void
}

/** Rejects with the signal's reason once that is aborted. Never resolves, so it belongs into a race. */
export function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

/** Starts to listen for signals, for the rest of the process. `exit` is called when an ending hangs. */
export function startLife(exit: (status: number) => void): Life {
  const controller = new AbortController()
  const end = (why: Interruption): void => {
    if (controller.signal.aborted) return
    controller.abort(why)
    setTimeout(() => exit(why.status), ENDING_MS)
  }
  for (const name of ENDING_SIGNALS) {
    process.on(name, () => end(new Interruption(`The command was ended by ${name}.`, 128 + constants.signals[name])))
  }
  return {
    signal: controller.signal,
    end,
    readerGone: () => end(new Interruption('Nobody reads the output any more.', READER_GONE_STATUS)),
  }
}
