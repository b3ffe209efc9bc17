// How long a socket may take to show that somebody is there.
//
// A fresh session must come to its handshake's end or its first output, a resumed one to any incoming frame. A session whose
// program may print nothing is taken for ready after some quiet (§5.1).

// The agent's own handshake timers are 15 s; the service needs a moment before and after them.
const OPEN_DEADLINE_MS = 30_000

// A start_publication may be lost, so it is not waited for.
const SILENT_MS = 3_000

/** What happens when the time is over. */
export interface OpeningOptions {
  /** Undefined: quiet means nothing. */
  readonly quietMs: number | undefined
  readonly onQuiet: () => void
  readonly onLate: () => void
  /** A resumed socket has shown nothing for another 3 s: the agent may have been away when it was asked. */
  readonly onSilent: () => void
}

/** The timers of one channel's current socket. */
export class Opening {
  readonly #options: OpeningOptions
  #deadline: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined

  constructor(options: OpeningOptions) {
    this.#options = options
  }

  /** A socket was attached; `isFresh` while the channel has not been ready yet. */
  begin(isFresh: boolean): void {
    const { quietMs, onQuiet, onLate, onSilent } = this.#options
    this.#deadline = setTimeout(onLate, OPEN_DEADLINE_MS)
    if (!isFresh) this.#silence = setInterval(onSilent, SILENT_MS)
    if (isFresh && quietMs !== undefined) this.#quiet = setTimeout(onQuiet, quietMs)
  }

  /** Somebody is there, or the socket is gone. */
  stop(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#quiet)
    clearInterval(this.#silence)
  }
}
