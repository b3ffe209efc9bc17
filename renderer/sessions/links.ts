// The ways between a session and what it carries in this app: a forward or a terminal.

import { SquareTerminal } from 'lucide-react'
import type { SessionCarrier } from '../../shared/model/accountsession'
import type { TerminalView } from '../../shared/model/terminal'
import type { MenuItem } from '../parts/floats/Menu'
import type { Page } from '../store'
import { panesOf } from '../store/layout'
import type { SessionPick } from '../store/state'

/** Shows the forward or the terminal that a session carries. */
export function showCarrier(page: Page, { kind, id }: SessionCarrier): void {
  if (kind === 'forward') {
    page.show('forwards')
    page.selectForward(id)
    return
  }
  for (const tab of page.store.getState().tabs) {
    const pane = panesOf(tab.layout).find(({ terminal }) => terminal.kind === 'bound' && terminal.terminalId === id)
    if (pane === undefined) continue
    page.selectTab(tab.key)
    page.selectPane(tab.key, pane.key)
    return
  }
  page.toast({ tone: 'idle', title: 'The terminal is closed.' })
}

/** Shows a session in the "Sessions" view: open sessions, without a filter that could hide it. */
export function showSession(page: Page, session: SessionPick): void {
  page.arrange({ sessionSegment: 'open', sessionText: '' })
  page.selectSession(session)
  page.show('sessions')
}

/** The menu item of a terminal that shows its session. `view` is undefined while it is being opened. */
export function sessionEntry(view: TerminalView | undefined): MenuItem {
  const isOver = view === undefined || view.state.kind === 'ended'
  return { label: 'Show session', icon: SquareTerminal, reason: isOver ? 'no session is open' : undefined }
}

/** Shows the session of a terminal. */
export function showTerminalSession(page: Page, view: TerminalView | undefined): void {
  if (view === undefined) return
  showSession(page, { kind: 'carried', by: 'terminal', id: view.id, environment: view.environment })
}
