// Keeps on disk which forwards and terminals run, so that the next start can bring them back, also after a crash.
//
// Written at each change of them, and every few minutes while a forward is up, to keep when it was up last. Sealed before the
// end of the process turns everything off: the next start brings back what was on at that moment.

import { environmentRef } from '../../../shared/schemas'
import { toWireError } from '../../../shared/errors'
import { cutText } from '../../../shared/cut'
import type { TerminalView } from '../../../shared/model/terminal'
import { MAX_KEPT_NAME, type KeptForward, type LastRunData } from './lastrunfile'
import type { JsonFile } from './jsonfile'

// After a crash, "last up" is too early by this much at most.
const REFRESH_MS = 5 * 60_000

/** A forward as it runs now. */
export interface RunningNow extends KeptForward {
  readonly isUp: boolean
}

/** The parameters of `LastRun`. */
export interface LastRunOptions {
  readonly file: JsonFile<LastRunData>
  readonly now: () => number
  readonly forwards: () => readonly RunningNow[]
  readonly terminals: () => readonly TerminalView[]
  /** Hears what is wrong with the file as a sentence, and undefined once it was written. Must not throw. */
  readonly onProblem: (problem: string | undefined) => void
}

/** Keeps what runs in one core. */
export class LastRun {
  readonly #options: LastRunOptions
  #written = ''
  #writtenAt = 0
  #isDue = false
  #isSealed = false

  constructor(options: LastRunOptions) {
    this.#options = options
  }

  /** Called when something may have changed. Cheap: many calls in a row lead to one look. */
  changed(): void {
    if (this.#isDue || this.#isSealed) return
    this.#isDue = true
    setImmediate(() => {
      this.#isDue = false
      if (!this.#isSealed) this.#keep()
    })
  }

  /** Writes what runs now. Later changes are ignored. */
  seal(): void {
    if (this.#isSealed) return
    this.#isSealed = true
    this.#write()
  }

  #keep(): void {
    const { now, forwards } = this.#options
    const isStale = now() - this.#writtenAt >= REFRESH_MS && forwards().some(({ isUp }) => isUp)
    if (isStale || this.#key() !== this.#written) this.#write()
  }

  /** One text of all that is compared. The time that a forward is up is not part of it. */
  #key(): string {
    const { forwards, terminals } = this.#options
    return JSON.stringify([forwards(), keptOf(terminals())])
  }

  #write(): void {
    const { file, now, forwards, terminals, onProblem } = this.#options
    this.#written = this.#key()
    this.#writtenAt = now()
    const data: LastRunData = {
      forwards: forwards().map(({ isUp, ...forward }) => (isUp ? { ...forward, lastUpAt: now() } : forward)),
      terminals: keptOf(terminals()),
    }
    file.write(data).then(
      () => onProblem(undefined),
      (error: unknown) => {
        // Tried again with the next change.
        this.#written = ''
        onProblem(toWireError(error).message)
      },
    )
  }
}

/**
 * The terminals that the file accepts: a command line may name a profile of any length, and a terminal on a set has no host before its
 * first session.
 */
function keptOf(terminals: readonly TerminalView[]): LastRunData['terminals'] {
  const isKept = ({ environment, instance }: TerminalView): boolean =>
    instance.id !== '' && environmentRef.safeParse(environment).success
  return terminals.filter(isKept).map(kept)
}

function kept({ instance, target, environment, environmentName }: TerminalView): LastRunData['terminals'][number] {
  const cut = (text: string): string => cutText(text, MAX_KEPT_NAME)
  return {
    instance: { id: instance.id, name: cut(instance.name) },
    ...(target === undefined ? {} : { target }),
    environment,
    environmentName: cut(environmentName),
  }
}
