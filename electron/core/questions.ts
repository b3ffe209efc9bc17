// The questions that only a person can answer and that are open now, such as the code of a second factor.
//
// Owns who waits for which answer. An answer goes to whoever asked and is kept nowhere. A question that was dismissed is not
// asked again until a person wants something tried: what tries by itself must not open a dialog again and again.

import { randomUUID } from 'node:crypto'
import { deferred, type Deferred } from '../../shared/deferred'
import { AppError } from '../../shared/errors'
import type { Question } from '../../shared/model/snapshot'

interface Open {
  readonly question: Question
  readonly answer: Deferred<string>
}

type Asked = Omit<Question, 'id'>

function keyOf({ kind, profile, serial }: Asked): string {
  return JSON.stringify([kind, profile, serial])
}

function dismissedError({ profile }: Asked): AppError {
  return new AppError(
    'credentials-expired',
    `The code of the second factor of the profile "${profile}" was not entered: retry to be asked again.`,
  )
}

/** The open questions; `changed` is called after each change. Disposing dismisses all, and all to come. */
export class Questions implements Disposable {
  readonly #changed: () => void
  readonly #open = new Map<string, Open>()
  readonly #dismissed = new Set<string>()
  #isOver = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** Never holds an answer. */
  get items(): readonly Question[] {
    return [...this.#open.values()].map(({ question }) => question)
  }

  /** Asks, or joins whoever asks the same, and resolves with the answer. Rejects with `credentials-expired` when dismissed. */
  ask(asked: Asked): Promise<string> {
    const key = keyOf(asked)
    if (this.#isOver || this.#dismissed.has(key)) return Promise.reject(dismissedError(asked))
    const known = this.#open.get(key)
    if (known !== undefined) return known.answer.promise
    const answer = deferred<string>()
    this.#open.set(key, { question: { ...asked, id: randomUUID() }, answer })
    this.#changed()
    return answer.promise
  }

  /** Answers a question. Nothing happens where it is no longer open: another window was faster. */
  answer(questionId: string, text: string): void {
    this.#take(questionId)?.answer.resolve(text)
  }

  /** Closes a question without an answer. */
  dismiss(questionId: string): void {
    const taken = this.#take(questionId)
    if (taken === undefined) return
    this.#dismissed.add(keyOf(taken.question))
    taken.answer.reject(dismissedError(taken.question))
  }

  /** A person wants something tried: what was dismissed may be asked again. */
  rearm(): void {
    this.#dismissed.clear()
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    for (const { id } of this.items) this.dismiss(id)
  }

  #take(questionId: string): Open | undefined {
    for (const [key, open] of this.#open) {
      if (open.question.id !== questionId) continue
      this.#open.delete(key)
      this.#changed()
      return open
    }
    return undefined
  }
}
