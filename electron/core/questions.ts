// Open questions that only a person can answer: the code of a second factor, a login in the browser.
//
// Owns the promises that wait for answers. A login is answered by its page: its asker withdraws the question then. An answer is passed to the asker and stored nowhere. A dismissed question is not asked
// again until a person starts something: background retries must not open the dialog again and again.

import { randomUUID } from 'node:crypto'
import { deferred, type Deferred } from '../../shared/deferred'
import { AppError } from '../../shared/errors'
import type { CodeQuestion, LoginQuestion, Question } from '../../shared/model/snapshot'

interface Open {
  readonly question: Question
  readonly answer: Deferred<string>
}

/** A question before it has its id. */
type Asked = Omit<CodeQuestion, 'id'> | Omit<LoginQuestion, 'id'>

function keyOf(asked: Asked): string {
  return JSON.stringify([asked.kind, asked.profile, asked.kind === 'mfa' ? asked.serial : ''])
}

function dismissedError({ kind, profile }: Asked): AppError {
  const text =
    kind === 'mfa'
      ? `The code of the second factor of the profile "${profile}" was not entered: retry to be asked again.`
      : `The login of the profile "${profile}" was put off: choose "Log in" to begin again.`
  return new AppError('credentials-expired', text)
}

/** The open questions; `changed` is called after each change. Disposing dismisses them, and every later one at once. */
export class Questions implements Disposable {
  readonly #changed: () => void
  readonly #open = new Map<string, Open>()
  readonly #dismissed = new Set<string>()
  #isOver = false

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** The open questions, without answers. */
  get items(): readonly Question[] {
    return [...this.#open.values()].map(({ question }) => question)
  }

  /** Asks, or joins an open question that is the same. Resolves with the answer; rejects with `credentials-expired` when dismissed. */
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

  /** Answers a question for a code. Does nothing where it is not open any more, because another window has answered. */
  answer(questionId: string, text: string): void {
    const isLogin = this.items.some(({ id, kind }) => id === questionId && kind === 'login')
    if (!isLogin) this.#take(questionId)?.answer.resolve(text)
  }

  /** Closes the question for the login of a profile, which has ended. Its asker's promise is never settled then. */
  withdrawLogin(profile: string): void {
    const open = this.items.find((question) => question.kind === 'login' && question.profile === profile)
    if (open !== undefined) this.#take(open.id)
  }

  /** Closes a question without an answer. */
  dismiss(questionId: string): void {
    const taken = this.#take(questionId)
    if (taken === undefined) return
    this.#dismissed.add(keyOf(taken.question))
    taken.answer.reject(dismissedError(taken.question))
  }

  /** A person has started something: dismissed questions may be asked again. */
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
