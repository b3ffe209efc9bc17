// What a person does in a shell while it suffers: numbered lines, changes of size, an exit, and then the next shell.
//
// The whole transcript of a shell is known beforehand, so each byte is checked: output must be the beginning of it at any time.
// A shell has no outer loop, so its session may end at any moment, and then another one is opened.

import { deferred, type Deferred } from '../../shared/deferred'
import type { Environment } from '../../electron/core/environments/environment'
import type { Shell } from '../../electron/core/sessions/shell'
import type { Dice } from '../../electron/simulator/faults/dice'
import type { Outcome } from './traffic'

const PROMPT = 'demo$ '
/** Steps of one conversation, before its exit. */
const STEPS = 12
const MAX_WORD = 900
/** From a shell that could not be opened to the next try. */
const AGAIN_MS = 200
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** One shell after the other at `target`. */
export class ShellUse {
  readonly #environment: Environment
  readonly #target: string
  readonly #dice: Dice
  readonly #outcome: Outcome
  #whole: Deferred<void> = deferred()

  constructor(given: {
    readonly environment: Environment
    readonly target: string
    readonly dice: Dice
    readonly outcome: Outcome
  }) {
    this.#environment = given.environment
    this.#target = given.target
    this.#dice = given.dice
    this.#outcome = given.outcome
  }

  /** Resolves at the end of the next conversation that ends whole. */
  nextWhole(): Promise<void> {
    this.#whole = deferred()
    return this.#whole.promise
  }

  /** Opens shells until `stop` is aborted; then finishes the one that is open. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      let shell: Shell
      try {
        shell = await this.#environment.openShell({ target: this.#target, signal: stop })
      } catch (error) {
        this.#outcome.note(`shell not opened: ${String(error)}`)
        await pause(AGAIN_MS, stop)
        continue
      }
      await this.#converse(shell)
      await shell[Symbol.asyncDispose]()
    }
  }

  async #converse(shell: Shell): Promise<void> {
    const transcript = new Transcript(shell)
    let bytes = 0
    try {
      await transcript.expect(PROMPT)
      for (let step = 1; step <= STEPS; step += 1) bytes += await this.#step(shell, transcript, step)
      await Promise.all([type(shell, 'exit'), transcript.expect('exit\r\n')])
      await shell.ended
      this.#outcome.whole += 1
      this.#outcome.bytes += bytes
      this.#whole.resolve()
    } catch (error) {
      if (error instanceof WrongBytes) this.#outcome.violations.push(error.message)
      else this.#outcome.resets += 1
      this.#outcome.note(`shell ended: ${String(error)}`)
    }
  }

  async #step(shell: Shell, transcript: Transcript, step: number): Promise<number> {
    const isSize = this.#dice.chance(0.2)
    const size = { cols: Math.round(this.#dice.between(20, 200)), rows: Math.round(this.#dice.between(5, 80)) }
    if (isSize) shell.resize(size)
    const word = `${step}-${this.#word()}`
    const line = isSize ? 'stty size' : `echo ${word}`
    const answer = isSize ? `${size.rows} ${size.cols}` : word
    const wanted = `${line}\r\n${answer}\r\n${PROMPT}`
    await Promise.all([type(shell, line), transcript.expect(wanted)])
    return wanted.length
  }

  #word(): string {
    const length = 1 + Math.floor(this.#dice.between(0, MAX_WORD))
    return Array.from({ length }, () => this.#dice.pick(Array.from(LETTERS)) ?? '').join('')
  }
}

class WrongBytes extends Error {}

async function type(shell: Shell, line: string): Promise<void> {
  await shell.write(Buffer.from(`${line}\r`))
}

/** Resolves after `ms` or at the signal. */
async function pause(ms: number, stop: AbortSignal): Promise<void> {
  const done = deferred()
  const finish = (): void => done.resolve()
  const timer = setTimeout(finish, ms)
  stop.addEventListener('abort', finish, { once: true })
  await done.promise
  clearTimeout(timer)
  stop.removeEventListener('abort', finish)
}

/** The output of a shell, compared with what it has to be as it comes. */
class Transcript {
  readonly #ended: Promise<unknown>
  #wanted = ''
  #got = ''
  #step: Deferred<void> = deferred()

  constructor(shell: Shell) {
    this.#ended = shell.ended
    shell.output.setEncoding('latin1').on('data', (text: string) => {
      this.#got += text
      this.#look()
    })
  }

  /** Resolves when the next output has been `text`. Throws `WrongBytes` where it is another, and when the shell ends before. */
  async expect(text: string): Promise<void> {
    this.#wanted += text
    this.#step = deferred()
    this.#step.promise.catch(() => undefined)
    this.#look()
    const early = this.#ended.then(() => Promise.reject(new Error('the session has ended')))
    await Promise.race([this.#step.promise, early])
  }

  #look(): void {
    if (!this.#wanted.startsWith(this.#got)) {
      const at = Array.from(this.#got).findIndex((letter, index) => letter !== this.#wanted[index])
      const [got, wanted] = [this.#got, this.#wanted].map((text) =>
        JSON.stringify(text.slice(Math.max(0, at - 20), at + 40)),
      )
      this.#step.reject(new WrongBytes(`a shell said ${got} where ${wanted} was due`))
    } else if (this.#got.length === this.#wanted.length) this.#step.resolve()
  }
}
