// The beat of an ephemeral session: a session of ExecuteCommand beside the person's, into which Culvert types a line every 15 s.
//
// A lost connection is resumed as that of every session. A session that is gone is opened again until the lease is over; a refusal is told
// with the time until which the container lives without it.

import { asAppError, type AppError } from '../../../shared/errors'
import { judge, Pause } from '../sessions/resume/retry'
import type { Shell } from '../sessions/shell'
import { proofOf } from './proof'

/** What a beat needs. */
export interface BeatOptions {
  /** Opens the session of the beat's program. */
  readonly open: (signal: AbortSignal) => Promise<Shell>
  readonly nonce: string
  readonly beatMs: number
  readonly leaseMs: number
  readonly now: () => number
  /** Told the end of the lease while the beat is refused; undefined once it is carried again. Must not throw. */
  readonly lost: (orphanUntil: number | undefined, cause?: AppError) => void
}

/** A beat that is carried. Disposing ends its session. */
export class Beat implements AsyncDisposable {
  readonly #options: BeatOptions
  readonly #life = new AbortController()
  #shell: Shell
  #count = 0
  #beatAt: number
  #timer: NodeJS.Timeout | undefined
  #isWriting = false

  /** `shell`: the session of the beat's program, which has proved itself. The first beat is sent at once. */
  constructor(shell: Shell, options: BeatOptions) {
    this.#options = options
    this.#shell = shell
    this.#beatAt = options.now()
    this.#carry(shell)
  }

  /** The connection shall be tried now. */
  wake(): void {
    this.#shell.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort()
    clearInterval(this.#timer)
    await this.#shell[Symbol.asyncDispose]()
  }

  #carry(shell: Shell): void {
    // Its output is the echo of what is typed.
    shell.output.resume()
    shell.stderr.resume()
    this.#beat()
    this.#timer = setInterval(() => this.#beat(), this.#options.beatMs)
    const over = (): void => {
      clearInterval(this.#timer)
      if (!this.#life.signal.aborted) void this.#again()
    }
    shell.ended.then(over, over)
  }

  #beat(): void {
    // While the connection is lost, one line waits and not one for each beat.
    if (this.#isWriting) return
    this.#isWriting = true
    this.#count += 1
    const sent = (): void => {
      this.#isWriting = false
      this.#beatAt = this.#options.now()
    }
    const line = Buffer.from(`${this.#count}\n`)
    void this.#shell.write(line).then(sent, sent)
  }

  /** Opens the session again. Never rejects. */
  async #again(): Promise<void> {
    const { open, nonce, beatMs, leaseMs, now, lost } = this.#options
    const { signal } = this.#life
    const pause = new Pause()
    this.#isWriting = false
    const until = this.#beatAt + leaseMs
    while (!signal.aborted && now() < until) {
      try {
        const shell = await open(signal)
        if ((await proofOf(shell, nonce, signal)).kind === 'found') {
          this.#shell = shell
          lost(undefined)
          this.#carry(shell)
          return
        }
        await shell[Symbol.asyncDispose]()
        return
      } catch (error) {
        if (signal.aborted) return
        const cause = asAppError(error)
        lost(until, cause)
        // The container is gone, or a person has to act, which the time until the end of the lease leaves room for.
        if (judge(cause) === 'gone') return
      }
      await pause.wait(beatMs, signal)
    }
  }
}
