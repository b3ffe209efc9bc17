// Shells in containers: opened by ExecuteCommand, at most two in a container at a time.
//
// The exec agent takes two sessions. To a third one it says nothing at all, so a shell whose agent stays silent is ended, and the error
// names the sessions that are open. Source: ECS developer guide, "Monitor Amazon ECS containers with ECS Exec", considerations: two
// sessions for each process namespace.
//
// Owns the names of the sessions that this process has open in containers.

import { AppError } from '../../../shared/errors'
import type { ListedSession } from '../../../shared/sessionlisting'
import { openShell, type Shell, type ShellOptions } from '../sessions/shell'
import type { EnvironmentService } from './environment'

/** The sessions that a container takes. */
const MOST = 2
/** An agent that runs acknowledges the first message within a second. */
const ANSWER_MS = 5_000
/** How long the list of sessions may take. */
const ASK_MS = 5_000

/** The shells in the containers of one environment. */
export class ContainerShells {
  readonly #service: Pick<EnvironmentService, 'sessions'>
  readonly #open: (options: ShellOptions) => Promise<Shell>
  /** By target: the open sessions, and what each is called. */
  readonly #own = new Map<string, Map<string, string>>()

  /** `open` is given by tests. */
  constructor(
    service: Pick<EnvironmentService, 'sessions'>,
    open: (options: ShellOptions) => Promise<Shell> = openShell,
  ) {
    this.#service = service
    this.#open = open
  }

  /** The containers in which this process has as many sessions as AWS allows. */
  get full(): readonly string[] {
    return [...this.#own].filter(([, sessions]) => sessions.size >= MOST).map(([target]) => target)
  }

  /** Opens a shell; one that is in no container as it is. Rejects as `openShell` does, and with `container-full`. */
  async open(options: ShellOptions): Promise<Shell> {
    const { exec, target, about, signal } = options
    if (exec === undefined) return this.#open(options)
    const own = this.#own.get(target) ?? new Map<string, string>()
    const words = about?.targetName ?? target
    if (own.size >= MOST) throw fullError(words, [...own.values()])
    const shell = await this.#open(options)
    if ((await shell.answers?.(ANSWER_MS)) === false) {
      const { sessionId } = shell
      await shell[Symbol.asyncDispose]()
      throw await this.#silent({ target, words, sessionId, signal })
    }
    const { sessionId } = shell
    own.set(sessionId, `a session of this Culvert (${exec.command})`)
    this.#own.set(target, own)
    const over = (): void => {
      own.delete(sessionId)
      if (own.size === 0) this.#own.delete(target)
    }
    shell.ended.then(over, over)
    return shell
  }

  /** The error for an agent that says nothing to a new session: `container-full` where others have taken both places. */
  async #silent(asked: {
    readonly target: string
    readonly words: string
    readonly sessionId: string
    readonly signal: AbortSignal
  }): Promise<AppError> {
    const { target, words, sessionId, signal } = asked
    const listed = await this.#sessionsTo(target, signal)
    const own = this.#own.get(target)
    const others = listed.filter((session) => session.sessionId !== sessionId)
    if (others.length < MOST) {
      const text =
        `The exec agent of ${words} does not answer. Its task may be stopping, or two sessions are open in it already, ` +
        'which is as many as AWS allows: try again, or use another task.'
      return new AppError('timeout', text)
    }
    return fullError(
      words,
      others.map((one) => own?.get(one.sessionId) ?? `one of ${one.owner === '' ? 'an unknown caller' : one.owner}`),
    )
  }

  /** The active sessions to a target; none where they may not be listed. */
  async #sessionsTo(target: string, signal: AbortSignal): Promise<readonly ListedSession[]> {
    try {
      const pages = this.#service.sessions({ state: 'Active', target })
      return await pages.next(AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]))
    } catch {
      signal.throwIfAborted()
      return []
    }
  }
}

function fullError(words: string, sessions: readonly string[]): AppError {
  const named = sessions.slice(0, 5).join(', and ')
  return new AppError(
    'container-full',
    `${words} has ${sessions.length} sessions open, and AWS allows two in a container: ${named}. ` +
      'End one of them, or use another task. AWS may take a minute to notice that one has ended.',
  )
}
