// The shell of a Demo where no pseudo terminal can be had: a prompt, an echo and four words. It runs no program.

import type { TerminalSize } from '../../../shared/model/terminal'
import { LineTerminal } from './lineterminal'
import type { OpenTerminal } from './pty'

const HELP = `This computer offers no terminal to the Demo, so this shell only pretends.
echo TEXT    prints TEXT
stty size    prints the size of the terminal
help         prints this
exit         ends the session
`

function run(line: string, { rows, cols }: TerminalSize): string | undefined {
  const [word = '', ...rest] = line.trim().split(/\s+/)
  if (word === 'exit') return undefined
  if (word === 'echo') return `${rest.join(' ')}\n`
  if (word === 'help') return HELP
  if (word === 'stty' && rest[0] === 'size') return `${rows} ${cols}\n`
  return `demo: ${word}: not found (try help)\n`
}

/** Opens a scripted shell, or runs one line of it. Starts no process. */
export const openScripted: OpenTerminal = (command, _sandbox, listener) =>
  new LineTerminal({ prompt: 'demo$ ', run }, command, listener)
