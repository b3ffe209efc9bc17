// How long a socket may take until the agent answers.
//
// On the first socket the deadline is met by the end of the handshake or by the first output, on a later one by any frame of the
// agent. A session whose program may print nothing counts as ready after some quiet (§5.1).

// The agent's own handshake timers take up to 15 s. The service adds some time before and after them.
const OPEN_DEADLINE_MS = 30_000

// How often a silent agent is asked again. The start_publication message may be lost, so the client does not wait for it.
const SILENT_MS = 3_000

/** What happens when a span has passed. */
export interface OpeningOptions {
  /** Undefined: the session is never taken for ready by quiet alone. */
  readonly quietMs: number | undefined
  /** The deadline on the first socket. Undefined: 30 s, as on a later one. */
  readonly firstMs?: number | undefined
  readonly onQuiet: () => void
  readonly onLate: (afterMs: number) => void
  /** The agent has sent nothing on a resumed socket for another 3 s. It may have been offline when it was asked. */
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
    const { quietMs, firstMs = OPEN_DEADLINE_MS, onQuiet, onLate, onSilent } = this.#options
    const deadlineMs = isFresh ? firstMs : OPEN_DEADLINE_MS
    this.#deadline = setTimeout(() => onLate(deadlineMs), deadlineMs)
    if (!isFresh) this.#silence = setInterval(onSilent, SILENT_MS)
    if (isFresh && quietMs !== undefined) this.#quiet = setTimeout(onQuiet, quietMs)
  }

  /** The agent has answered, or the socket is gone. */
  stop(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#quiet)
    clearInterval(this.#silence)
  }
}
