// One call at a time, shared: callers that come while it is under way get its answer.

import { unlessAborted } from './aborting'

interface Call<T> {
  readonly answer: Promise<T>
  readonly abort: AbortController
  /** How many wait for it. */
  waiting: number
}

/** A shared call. It is aborted once no caller waits for it any more. */
export class Joined<T> {
  readonly #make: (signal: AbortSignal) => Promise<T>
  #call: Call<T> | undefined

  constructor(make: (signal: AbortSignal) => Promise<T>) {
    this.#make = make
  }

  /** Makes the call, or joins the one under way. Rejects with the signal's reason, also where others go on waiting. */
  async get(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    const call = this.#call ?? this.#begin()
    call.waiting += 1
    try {
      return await unlessAborted(call.answer, signal)
    } finally {
      call.waiting -= 1
      if (call.waiting === 0) {
        if (this.#call === call) this.#call = undefined
        call.abort.abort()
      }
    }
  }

  #begin(): Call<T> {
    const abort = new AbortController()
    const call: Call<T> = { answer: this.#make(abort.signal), abort, waiting: 0 }
    this.#call = call
    const forget = (): void => {
      if (this.#call === call) this.#call = undefined
    }
    call.answer.then(forget, forget)
    return call
  }
}
