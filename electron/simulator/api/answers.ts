// The answer to an API call, and the answers that tests give to the next call in its place.

/** A service error: `code` in AWS spelling. */
export interface Fault {
  readonly kind: 'fault'
  readonly code: string
  readonly status: number
  readonly message: string
  /** Something on the way to the service answers, so the answer has no request id. */
  readonly isByProxy?: true
}

/** The answer of an operation. Each operation has its own shape of `body`, which the service's protocol encodes. */
export type Answer<Body> = { readonly kind: 'reply'; readonly body: Body } | Fault

/** A service error; client errors are 400 unless said otherwise. */
export function fault(code: string, message: string, status = 400): Fault {
  return { kind: 'fault', code, status, message }
}

export function reply<Body>(body: Body): Answer<Body> {
  return { kind: 'reply', body }
}

/** An answer, a delay or an omission that an injected fault causes. */
export type Injection =
  | Fault
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'no-token' | 'no-url' }

/**
 * The injections by operation; `*` stands for any operation. Those that wait meet one call each, in the order in which they were
 * added. Those that stand are asked at every call.
 */
export class Injections {
  readonly #standing = new Set<{ readonly operation: string; readonly draw: () => Injection | undefined }>()
  readonly #waiting: { readonly operation: string; readonly injection: Injection; readonly taken: () => void }[] = []

  /** Keeps an injection for the next call of `operation`; `taken` is called when that call has come. */
  add(operation: string, injection: Injection, taken: () => void = () => undefined): void {
    this.#waiting.push({ operation, injection, taken })
  }

  /** Calls `draw` at every call of `operation`; its result is injected. Returns a function that ends this. */
  stand(operation: string, draw: () => Injection | undefined): () => void {
    const entry = { operation, draw }
    this.#standing.add(entry)
    return () => this.#standing.delete(entry)
  }

  /** Takes the oldest injection for this call, if there is one. */
  take(operation: string): Injection | undefined {
    const waited = this.#takeWaiting(operation)
    if (waited !== undefined) return waited
    for (const entry of this.#standing) {
      const drawn = entry.operation === operation || entry.operation === '*' ? entry.draw() : undefined
      if (drawn !== undefined) return drawn
    }
    return undefined
  }

  #takeWaiting(operation: string): Injection | undefined {
    const index = this.#waiting.findIndex((entry) => entry.operation === operation || entry.operation === '*')
    const entry = index === -1 ? undefined : this.#waiting.splice(index, 1)[0]
    entry?.taken()
    return entry?.injection
  }
}
