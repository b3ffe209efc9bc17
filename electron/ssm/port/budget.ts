// Bounds the received data that is held for local programs that do not read.
//
// smux version 1 has no flow control, and the WebSocket must never be paused: pongs and acknowledgements have to flow. So data that
// a stalled program does not read is held in memory, up to a limit. Beyond it the connection that holds most is reset, and
// the others go on (D25).

const PER_HOLDER_BYTES = 16 * 1_024 * 1_024
const PER_PROCESS_BYTES = 128 * 1_024 * 1_024

/** Something that holds received bytes for a reader. */
export interface Holder {
  readonly heldBytes: number
  /** Gives up its reader and releases everything it holds. */
  stalled(): void
}

/** The limits in bytes; the defaults are 16 MiB a connection and 128 MiB a process. */
export interface BudgetLimits {
  readonly perHolderBytes: number
  readonly perProcessBytes: number
}

/** One process's account of held bytes, made by the composition root and handed to every session. */
export class ReceiveBudget {
  readonly #limits: BudgetLimits
  readonly #holders = new Set<Holder>()
  #heldBytes = 0

  constructor(limits: BudgetLimits = { perHolderBytes: PER_HOLDER_BYTES, perProcessBytes: PER_PROCESS_BYTES }) {
    this.#limits = limits
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  /** `holder` has taken `bytes` more. May call `stalled` on it, or on the holder with the most bytes. */
  hold(holder: Holder, bytes: number): void {
    this.#heldBytes += bytes
    this.#holders.add(holder)
    if (holder.heldBytes > this.#limits.perHolderBytes) holder.stalled()
    else if (this.#heldBytes > this.#limits.perProcessBytes) this.#greediest()?.stalled()
  }

  /** `holder` has passed on or dropped `bytes`. */
  release(holder: Holder, bytes: number): void {
    this.#heldBytes -= bytes
    if (holder.heldBytes === 0) this.#holders.delete(holder)
  }

  #greediest(): Holder | undefined {
    let greediest: Holder | undefined
    for (const holder of this.#holders) {
      if (greediest === undefined || holder.heldBytes > greediest.heldBytes) greediest = holder
    }
    return greediest
  }
}
