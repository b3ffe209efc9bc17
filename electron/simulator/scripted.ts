// The shell of a Demo where no pseudo terminal can be had: a prompt, an echo and four words. It runs no program.

import type { TerminalSize } from '../../shared/model'
import type { OpenTerminal, Terminal, TerminalListener } from './pty'

const PROMPT = 'demo$ '
const HELP = [
  'This computer offers no terminal to the Demo, so this shell only pretends.',
  'echo TEXT    prints TEXT',
  'stty size    prints the size of the terminal',
  'help         prints this',
  'exit         ends the session',
].join('\n')
const MAX_LINE = 4_096

const CONTROL_C = '\u0003'
const CONTROL_D = '\u0004'
const BACKSPACE = '\u007f'

class ScriptedTerminal implements Terminal {
  readonly #listener: TerminalListener
  #size: TerminalSize = { cols: 80, rows: 24 }
  #line = ''
  #hasEnded = false

  constructor(command: string | undefined, listener: TerminalListener) {
    this.#listener = listener
    // Output must not come before the caller holds the terminal.
    queueMicrotask(() => {
      if (command === undefined) this.#print(PROMPT)
      else {
        this.#run(command)
        this.#exit(0)
      }
    })
  }

  write(bytes: Buffer): undefined {
    for (const character of bytes.toString('utf8')) this.#type(character)
  }

  resize(size: TerminalSize): void {
    this.#size = size
  }

  // What it prints is bounded by what is typed: there is nothing to hold back.
  pause(): void {}

  resume(): void {}

  dispose(): Promise<void> {
    this.#hasEnded = true
    return Promise.resolve()
  }

  #type(character: string): void {
    if (this.#hasEnded) return
    if (character === '\r' || character === '\n') {
      this.#print('\n')
      const line = this.#line.trim()
      this.#line = ''
      if (line === 'exit') {
        this.#exit(0)
        return
      }
      this.#run(line)
      this.#print(PROMPT)
    } else if (character === CONTROL_D && this.#line === '') {
      this.#print('exit\n')
      this.#exit(0)
    } else if (character === CONTROL_C) {
      this.#line = ''
      this.#print(`^C\n${PROMPT}`)
    } else if (character === BACKSPACE) {
      if (this.#line === '') return
      this.#line = this.#line.replace(/.$/u, '')
      this.#print('\b \b')
    } else if (character >= ' ' && this.#line.length < MAX_LINE) {
      this.#line += character
      this.#print(character)
    }
  }

  #run(line: string): void {
    const [word = '', ...rest] = line.split(/\s+/)
    if (word === '') return
    if (word === 'echo') this.#print(`${rest.join(' ')}\n`)
    else if (word === 'help') this.#print(`${HELP}\n`)
    else if (word === 'stty' && rest[0] === 'size') this.#print(`${this.#size.rows} ${this.#size.cols}\n`)
    else this.#print(`demo: ${word}: not found (try help)\n`)
  }

  #print(text: string): void {
    if (!this.#hasEnded) this.#listener.onOutput(Buffer.from(text.replaceAll('\n', '\r\n')))
  }

  #exit(exitCode: number): void {
    this.#hasEnded = true
    this.#listener.onExit(exitCode)
  }
}

/** Opens a scripted shell, or runs one line of it. Starts no process. */
export const openScripted: OpenTerminal = (command, _sandbox, listener) => new ScriptedTerminal(command, listener)
