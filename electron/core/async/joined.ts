// One call at a time: callers that come during a call share its answer.

import { unlessAborted } from './aborting'

interface Call<T> {
  readonly answer: Promise<T>
  readonly abort: AbortController
  /** The number of callers that wait for the answer. */
  waiting: number
}

/** A shared call. It is aborted when the last caller has stopped waiting. */
export class Joined<T> {
  readonly #make: (signal: AbortSignal) => Promise<T>
  #call: Call<T> | undefined

  constructor(make: (signal: AbortSignal) => Promise<T>) {
    this.#make = make
  }

  /** Makes the call, or joins the present one. An abort of `signal` rejects for this caller alone; the others go on waiting. */
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
