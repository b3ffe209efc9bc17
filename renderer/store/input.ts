// What a person types and how large the screens are, on their way to each terminal of the core.

import type { Link } from '../../shared/api'
import type { TerminalSize } from '../../shared/model/terminal'
import { Typing } from '../typing'

/** The actions of screens. */
export interface InputActions {
  write(terminalId: string, text: string): void
  resize(terminalId: string, size: TerminalSize): void
}

/** Creates the actions, and `forget`, to be called with the ids of the terminals that still exist. */
export function createInput(
  request: Link['request'],
  alarm: (sentence: string) => void,
): InputActions & { forget(known: ReadonlySet<string>): void } {
  const typings = new Map<string, Typing>()
  return {
    forget: (known) => {
      for (const id of typings.keys()) if (!known.has(id)) typings.delete(id)
    },
    write: (terminalId, text) => {
      const typing =
        typings.get(terminalId) ?? new Typing((piece) => request('terminal.write', { terminalId, text: piece }))
      typings.set(terminalId, typing)
      if (typing.push(text)) return
      alarm('The terminal accepts no input now, and its buffer is full. The text was not sent.')
    },
    resize: (terminalId, size) => {
      // A failure is reported elsewhere: by the next state, or by the banner if the Link is lost.
      request('terminal.resize', { terminalId, ...size }).catch(() => undefined)
    },
  }
}
