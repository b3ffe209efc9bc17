// Begins and ends the recording of a terminal: by its menus, by the palette and by keys.

import { Circle, CircleStop } from 'lucide-react'
import type { TerminalView } from '../../shared/model/terminal'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import type { MenuItem } from '../parts/floats/Menu'
import type { Page } from '../store'
import { paneOf, viewOf } from '../store/panes'
import { ruleOf } from './rule'

/** Begins or ends the recording; a refusal becomes a toast. */
export function record(page: Page, view: TerminalView, isOn: boolean): void {
  void page.ask('terminal.record', { terminalId: view.id, isOn }).then((isDone) => {
    if (isDone) page.announce(isOn ? 'Recording.' : 'Recording ended.')
  })
}

/** Why the recording cannot be begun or ended now; undefined if it can. */
function blockOf(page: Page, view: TerminalView | undefined): string | undefined {
  if (view === undefined || view.state.kind === 'ended') return 'no session is open'
  const isAlways = ruleOf(view, page.store.getState().snapshot) === 'always'
  return isAlways && view.recording !== undefined ? 'its environment is always recorded' : undefined
}

/** The menu item that begins or ends it. `view` is undefined while the terminal is being opened. */
export function recordEntry(page: Page, view: TerminalView | undefined): MenuItem {
  const isOn = view?.recording !== undefined
  return {
    label: isOn ? 'Stop recording' : 'Record this terminal',
    icon: isOn ? CircleStop : Circle,
    keys: keysOf('record-terminal', platform),
    reason: blockOf(page, view),
    onSelect: () => {
      if (view !== undefined) record(page, view, !isOn)
    },
  }
}

/** The terminal in front whose recording can be begun or ended. */
export function recordableTerminal(page: Page): TerminalView | undefined {
  const { tabs, activeTab, dock, snapshot } = page.store.getState()
  const tab = tabs.find(({ key }) => key === activeTab)
  const pane = tab === undefined || dock === 'hidden' ? undefined : paneOf([tab], tab.activePane)
  const view = pane === undefined ? undefined : viewOf(pane, snapshot?.terminals ?? [])
  return blockOf(page, view) === undefined ? view : undefined
}

/** Begins or ends the recording of the terminal in front; false if that cannot be done. */
export function toggleRecording(page: Page): boolean {
  const view = recordableTerminal(page)
  if (view !== undefined) record(page, view, view.recording === undefined)
  return view !== undefined
}
