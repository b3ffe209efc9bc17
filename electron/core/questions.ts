// Open questions that only a person can answer: the code of a second factor, the reason of sessions, a login in the browser.
//
// Owns the promises that wait for answers. An answer is passed to the asker and stored nowhere. A login is answered on its page: the
// asker withdraws the question then. A dismissed question is not asked again until a person starts something: background retries
// must not open the dialog again and again.

import { randomUUID } from 'node:crypto'
import { deferred, type Deferred } from '../../shared/deferred'
import { AppError } from '../../shared/errors'
import { reasonProblem } from '../../shared/environmentsettings'
import type { CodeAsked, LoginAsked, Question, ReasonAsked } from '../../shared/model/snapshot'

interface Open {
  readonly question: Question
  readonly answer: Deferred<string>
}

type Asked = CodeAsked | ReasonAsked | LoginAsked

function keyOf(asked: Asked): string {
  switch (asked.kind) {
    case 'mfa':
      return JSON.stringify([asked.kind, asked.profile, asked.serial])
    case 'login':
      return JSON.stringify([asked.kind, asked.profile])
    case 'reason':
      return JSON.stringify([asked.kind, asked.environment, asked.region])
  }
}

/** What is wrong with an answer, as a sentence; undefined: nothing. */
function problemOf({ kind }: Asked, text: string): string | undefined {
  if (kind === 'reason') return reasonProblem(text)
  return /^[0-9]{6}$/.test(text) ? undefined : 'The code has six digits. Enter all of them.'
}

function dismissedError(asked: Asked): AppError {
  switch (asked.kind) {
    case 'reason':
      return new AppError(
        'usage',
        `Sessions in ${asked.environment} (${asked.region}) need a reason, and none was entered: try again to be asked.`,
      )
    case 'mfa':
      return new AppError(
        'credentials-expired',
        `The code of the second factor of the profile "${asked.profile}" was not entered: retry to be asked again.`,
      )
    case 'login':
      return new AppError(
        'credentials-expired',
        `The login of the profile "${asked.profile}" was put off: choose "Log in" to begin again.`,
      )
  }
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

  /**
   * Asks, or joins an open question that is the same. Resolves with the answer; rejects when dismissed: with `credentials-expired`
   * for a code, with `usage` for a reason.
   */
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

  /**
   * Answers a question. Does nothing for a login, which its page answers, and where the question is not open any more, because
   * another window has answered. Throws `usage` for what is no answer to it, and the question stays open.
   */
  answer(questionId: string, text: string): void {
    const question = this.items.find(({ id }) => id === questionId)
    if (question === undefined || question.kind === 'login') return
    const problem = problemOf(question, text)
    if (problem !== undefined) throw new AppError('usage', problem)
    this.#take(questionId)?.answer.resolve(text.trim())
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
