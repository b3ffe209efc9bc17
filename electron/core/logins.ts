// SSO logins that a person has begun in a window: one for each profile, as a question with the page to open.
//
//   begin → page is known → question → logged in            → question withdrawn, all waits are cut short
//                                    → refused or too late  → question withdrawn, notice
//                                    → dismissed            → the login is aborted
//
// Owns the logins under way. Does not own how a login is done (aws/login/), nor the questions.

import { deferred } from '../../shared/deferred'
import { AppError, asError, toWireError } from '../../shared/errors'
import type { Environments } from './environments/environments'
import type { logInTo } from './environments/open'
import type { Forwards } from './forwards/forwards'
import type { Notices } from './notices'
import type { Questions } from './questions'
import type { ShownEnvironment } from './shown'
import type { Journal } from './store/journal'

type Options = Parameters<typeof logInTo>[0]

/** Logs in to the profile of the options. */
export type LogIn = (
  options: Pick<Options, 'isDevice' | 'show' | 'onWait' | 'signal'> & { readonly profile: string },
) => ReturnType<typeof logInTo>

/** The parts of the product that a login touches. */
interface Means {
  readonly logIn: LogIn
  readonly questions: Questions
  readonly notices: Notices
  readonly journal: Journal
  readonly environments: Environments
  readonly forwards: Forwards
  readonly shown: ShownEnvironment
}

interface Running {
  readonly end: AbortController
  readonly over: Promise<void>
}

/** The reason of a login that another one of the same profile replaces. */
class Replaced extends AppError {
  constructor() {
    super('credentials-expired', 'Another login of the same profile was begun: finish that one.')
  }
}

/** The logins under way. */
export class Logins {
  readonly #means: Means
  readonly #running = new Map<string, Running>()

  constructor(means: Means) {
    this.#means = means
  }

  /**
   * Begins a login, in place of one of the same profile. Resolves once its question is open, or the login is done. Rejects with the
   * error of a login that ended before that.
   */
  async begin(profile: string, isDevice: boolean): Promise<void> {
    const before = this.#running.get(profile)
    before?.end.abort(new Replaced())
    await before?.over
    const end = new AbortController()
    const begun = deferred<void>()
    // A rejection before `await` below would otherwise be unhandled.
    begun.promise.catch(() => undefined)
    let isShown = false
    const shown = (): void => {
      isShown = true
      begun.resolve()
    }
    const run = async (): Promise<void> => {
      try {
        await this.#logIn({ profile, isDevice, end, shown })
      } catch (error) {
        if (!end.signal.aborted && isShown) this.#tell(profile, toWireError(error).message)
        begun.reject(asError(error))
      } finally {
        if (this.#running.get(profile)?.end === end) this.#running.delete(profile)
        begun.resolve()
      }
    }
    const over = run()
    this.#running.set(profile, { end, over })
    await begun.promise
  }

  async #logIn(wanted: {
    readonly profile: string
    readonly isDevice: boolean
    readonly end: AbortController
    readonly shown: () => void
  }): Promise<void> {
    const { logIn, questions, journal, environments, forwards, shown } = this.#means
    const { profile, isDevice, end } = wanted
    this.#tell(profile, undefined)
    let asked: string | undefined
    try {
      const done = await logIn({
        profile,
        isDevice,
        signal: end.signal,
        show: (step, names) => {
          asked = names.profile
          const { url, endsAt } = step
          const code = step.kind === 'device' ? { userCode: step.userCode } : {}
          const answer = questions.ask({ kind: 'login', ...names, url, endsAt, ...code })
          answer.catch((reason: unknown) => end.abort(reason))
          wanted.shown()
        },
        onWait: () => {
          this.#tell(profile, 'Another Culvert is logging in to it: finish the login there. This one goes on after it.')
          wanted.shown()
        },
      })
      this.#tell(profile, undefined)
      journal.add({ tone: 'up', subject: { kind: 'app' }, text: `Logged in with the profile "${done.profile}".` })
    } finally {
      if (asked !== undefined) questions.withdrawLogin(asked)
    }
    environments.wake()
    forwards.wake()
    shown.wake()
  }

  #tell(profile: string, text: string | undefined): void {
    const title = `The login of the profile "${profile}" is not done.`
    this.#means.notices.stand(`login ${profile}`, text === undefined ? undefined : { tone: 'waiting', title, text })
  }
}
