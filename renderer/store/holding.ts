// Decides which of several windows holds a terminal: this page requests the hold, and sends the answers of its screen.

import type { Link } from '../../shared/api'
import type { TerminalSize, TerminalView } from '../../shared/model/terminal'
import type { PageState } from './state'

/** The actions for holding a terminal. */
export interface HoldActions {
  /** Makes this window hold the terminal. Resolves with the offset up to which its output is answered; never rejects. */
  hold(terminalId: string, size: TerminalSize): Promise<number>
  /** Sends the core the answers of this window's screen to the output up to `offset`. */
  answer(terminalId: string, offset: number, text: string): void
}

/** Whether another window holds the terminal. */
export function isHeldElsewhere({ windowId }: PageState, view: TerminalView | undefined): boolean {
  return view?.heldBy !== undefined && view.heldBy !== windowId
}

/** Creates the actions. */
export function createHolding(request: Link['request']): HoldActions {
  return {
    hold: async (terminalId, size) => {
      try {
        const { answeredOffset } = await request('terminal.hold', { terminalId, ...size })
        return answeredOffset
      } catch {
        // The terminal was closed, or the Link was lost. After a loss the next connection asks again.
        return 0
      }
    },
    answer: (terminalId, offset, text) => {
      // A program that gets no answer continues without one.
      request('terminal.answer', { terminalId, offset, text }).catch(() => undefined)
    },
  }
}
