// A terminal that no program runs in: a prompt, a line that can be edited, and what each line is answered with.
//
// Owns the line, its history and the bytes of keys. Does not own what a line means: see powershell.ts and scripted.ts.

import { StringDecoder } from 'node:string_decoder'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { Terminal, TerminalListener } from './pty'

const MAX_LINE = 4_096
const MAX_HISTORY = 100

const CONTROL_C = '\u0003'
const CONTROL_D = '\u0004'
const CONTROL_L = '\u000c'
const CONTROL_U = '\u0015'
const ESCAPE = '\u001b'
const ERASED = '\b \b'
const CLEARED = '\u001b[H\u001b[2J'

/** What stands behind the prompt. */
export interface LineProgram {
  readonly prompt: string
  /** Enter is CR alone, and Ctrl-D means nothing: LF and Ctrl-D are keys without a meaning. */
  readonly isWindows?: true
  /** Answers one line, which is not blank, with text whose lines end with `\n`; undefined ends the session. */
  run(line: string, size: TerminalSize): string | undefined
}

/** See above. Starts no process; its output is bounded by what is typed, so there is nothing to hold back. */
export class LineTerminal implements Terminal {
  readonly #program: LineProgram
  readonly #listener: TerminalListener
  readonly #decoder = new StringDecoder('utf8')
  readonly #history: string[] = []
  #size: TerminalSize = { cols: 80, rows: 24 }
  #line = ''
  /** The place in the history that is shown; its length is the line being typed. */
  #place = 0
  /** A sequence of a key that is not whole yet. */
  #sequence = ''
  #hasEnded = false

  /** With `command` it answers that line alone and ends. */
  constructor(program: LineProgram, command: string | undefined, listener: TerminalListener) {
    this.#program = program
    this.#listener = listener
    // Output must not come before the caller holds the terminal.
    queueMicrotask(() => {
      if (command === undefined) this.#print(program.prompt)
      else if (this.#answer(command)) this.#exit()
    })
  }

  write(bytes: Buffer): undefined {
    for (const character of this.#decoder.write(bytes)) this.#type(character)
  }

  resize(size: TerminalSize): void {
    this.#size = size
  }

  pause(): void {}

  resume(): void {}

  dispose(): Promise<void> {
    this.#hasEnded = true
    return Promise.resolve()
  }

  #type(character: string): void {
    if (this.#hasEnded) return
    if (this.#sequence !== '') this.#key(character)
    else if (character === ESCAPE) this.#sequence = character
    else if (character === '\r' || (character === '\n' && !this.#program.isWindows)) this.#enter()
    else if (character === CONTROL_D && this.#line === '' && !this.#program.isWindows) {
      this.#print('exit\n')
      this.#exit()
    } else if (character === CONTROL_C) {
      this.#forget()
      this.#print(`^C\n${this.#program.prompt}`)
    } else if (character === CONTROL_L) this.#print(`${CLEARED}${this.#program.prompt}${this.#line}`)
    else if (character === CONTROL_U) this.#show('')
    else if (character === '\u007f' || character === '\b') {
      if (this.#line === '') return
      this.#line = this.#line.replace(/.$/u, '')
      this.#print(ERASED)
    } else if (character >= ' ' && this.#line.length < MAX_LINE) {
      this.#line += character
      this.#print(character)
    }
  }

  /** The rest of an arrow or another key: ESC [ … letter, or ESC O letter. Only up and down mean something. */
  #key(character: string): void {
    this.#sequence += character
    const isWhole = /^(?:[^[O]|O.|\[[0-9;?]*[^0-9;?[])$/u.test(this.#sequence.slice(1))
    if (!isWhole && this.#sequence.length < 16) return
    const last = this.#sequence.at(-1)
    this.#sequence = ''
    const step = last === 'A' ? -1 : last === 'B' ? 1 : 0
    if (step === 0) return
    const place = Math.max(0, Math.min(this.#history.length, this.#place + step))
    if (place === this.#place) return
    this.#show(this.#history[place] ?? '')
    this.#place = place
  }

  /** Puts another line in the place of the one that is typed. */
  #show(line: string): void {
    this.#print(ERASED.repeat(Array.from(this.#line).length) + line)
    this.#line = line
  }

  #forget(): void {
    this.#line = ''
    this.#place = this.#history.length
  }

  #enter(): void {
    this.#print('\n')
    const line = this.#line.trim()
    if (line !== '' && line !== this.#history.at(-1)) this.#history.push(line)
    if (this.#history.length > MAX_HISTORY) this.#history.shift()
    this.#forget()
    if (this.#answer(line)) this.#print(this.#program.prompt)
  }

  /** Whether the session goes on. */
  #answer(line: string): boolean {
    if (line === '') return true
    const answer = this.#program.run(line, this.#size)
    if (answer === undefined) {
      this.#exit()
      return false
    }
    this.#print(answer)
    return true
  }

  #print(text: string): void {
    if (!this.#hasEnded && text !== '') this.#listener.onOutput(Buffer.from(text.replaceAll('\n', '\r\n')))
  }

  #exit(): void {
    this.#hasEnded = true
    this.#listener.onExit(0)
  }
}
