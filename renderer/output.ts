// Terminal output on its way to its view: decoded, in order, and kept while no view has asked for it yet.
//
// Output may come before the answer that names its terminal, and for terminals of another window of the same host. So a
// limit: of what nobody has asked for the oldest is dropped.

/** What is kept for one terminal without a view: a screen and its scrollback, not a log. */
const KEPT_BYTES = 1_048_576

interface Kept {
  chunks: Uint8Array[]
  sizeBytes: number
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** Delivers output bytes to the view of each terminal. Owns what it keeps until `forget`. */
export class OutputRouter {
  readonly #sinks = new Map<string, (bytes: Uint8Array) => void>()
  readonly #kept = new Map<string, Kept>()

  /** Takes one event's bytes. */
  push(terminalId: string, base64: string): void {
    const bytes = decode(base64)
    const sink = this.#sinks.get(terminalId)
    if (sink === undefined) this.#keep(terminalId, bytes)
    else sink(bytes)
  }

  /** Gives a terminal's output to `sink`, what was kept first; returns the detach. */
  attach(terminalId: string, sink: (bytes: Uint8Array) => void): () => void {
    const kept = this.#kept.get(terminalId)
    this.#kept.delete(terminalId)
    this.#sinks.set(terminalId, sink)
    for (const chunk of kept?.chunks ?? []) sink(chunk)
    return () => {
      if (this.#sinks.get(terminalId) === sink) this.#sinks.delete(terminalId)
    }
  }

  /** Drops what is kept for terminals that are not in `terminalIds`. */
  keepOnly(terminalIds: ReadonlySet<string>): void {
    for (const id of this.#kept.keys()) if (!terminalIds.has(id)) this.#kept.delete(id)
  }

  #keep(terminalId: string, bytes: Uint8Array): void {
    const kept = this.#kept.get(terminalId) ?? { chunks: [], sizeBytes: 0 }
    this.#kept.set(terminalId, kept)
    kept.chunks.push(bytes)
    kept.sizeBytes += bytes.length
    while (kept.sizeBytes > KEPT_BYTES && kept.chunks.length > 1) {
      kept.sizeBytes -= kept.chunks.shift()?.length ?? 0
    }
  }
}
