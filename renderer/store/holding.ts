// Which of several windows a terminal belongs to: this page asks for it, and gives it the answers of its screen.

import type { Link } from '../../shared/api'
import type { TerminalSize, TerminalView } from '../../shared/model/terminal'
import type { PageState } from './state'

/** What can be done about the hold on a terminal. */
export interface HoldActions {
  /** Makes this window the one that holds the terminal. Resolves with up to where its output is answered; never rejects. */
  hold(terminalId: string, size: TerminalSize): Promise<number>
  /** Gives the core what this window's screen answers to the output up to `offset`. */
  answer(terminalId: string, offset: number, text: string): void
}

/** Whether another window holds the terminal. */
export function isHeldElsewhere({ windowId }: PageState, view: TerminalView | undefined): boolean {
  return view?.heldBy !== undefined && view.heldBy !== windowId
}

/** Makes the actions. */
export function createHolding(request: Link['request']): HoldActions {
  return {
    hold: async (terminalId, size) => {
      try {
        const { answeredOffset } = await request('terminal.hold', { terminalId, ...size })
        return answeredOffset
      } catch {
        // The terminal is closed, or the Link is lost: then the next connection asks again.
        return 0
      }
    },
    answer: (terminalId, offset, text) => {
      // A program that gets no answer goes on without.
      request('terminal.answer', { terminalId, offset, text }).catch(() => undefined)
    },
  }
}
