// Performs the actions of the keys in keys.ts. One listener for the whole page, which sees each key before all others.

import { useEffect } from 'react'
import { defaultSettings, SETTING_RANGES } from '../../shared/settings'
import { usePage } from '../context'
import { actionOf, isViewLeader, type KeyAction, type KeyPlace } from '../keys'
import type { Page } from '../store'
import { toggleRecording } from '../recordings/record'
import { platform } from './platform'

/** How long after a G the second letter is accepted. */
const LEADER_MS = 1_500

/** The elements that can take the focus in a region, the preferred one first. */
const LANDINGS = [
  '.pane.front .xterm-helper-textarea',
  '[role=row][tabindex="0"]',
  '[aria-current]',
  'button:not([tabindex="-1"]), input, [tabindex="0"]',
]

function placeOf(target: EventTarget | null): KeyPlace {
  if (!(target instanceof HTMLElement)) return 'page'
  if (target.closest('.screen') !== null) return 'terminal'
  const isText = target.isContentEditable || target.matches('input, textarea, select')
  return isText ? 'text' : 'page'
}

/** Moves the focus to the next or previous visible region: to its current row or field if it has one. */
function moveRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.getClientRects().length > 0,
  )
  const here = regions.findIndex((region) => region.contains(document.activeElement))
  const next = regions[(here + step + regions.length) % regions.length]
  for (const selector of LANDINGS) {
    const candidates = [...(next?.querySelectorAll<HTMLElement>(selector) ?? [])]
    const found = candidates.find((candidate) => candidate.getClientRects().length > 0)
    if (found === undefined) continue
    found.focus()
    return
  }
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-view-filter]')
  filter?.focus()
  filter?.select()
  return filter !== null
}

function selectNumber(page: Page, number: number): boolean {
  const tab = page.store.getState().tabs[number - 1]
  if (tab !== undefined) page.selectTab(tab.key)
  return tab !== undefined
}

function setFontSize(page: Page, action: 'font-larger' | 'font-smaller' | 'font-reset'): void {
  const now = page.store.getState().snapshot?.settings.terminalFontSize ?? defaultSettings.terminalFontSize
  const [least, most] = SETTING_RANGES.terminalFontSize
  const wanted = action === 'font-reset' ? defaultSettings.terminalFontSize : now + (action === 'font-larger' ? 1 : -1)
  const terminalFontSize = Math.min(most, Math.max(least, wanted))
  if (terminalFontSize === now) return
  // Applied at once, because the next press may come before the core's answer. A refusal becomes a toast, and the next state
  // corrects it.
  page.store.setState(({ snapshot }) =>
    snapshot === undefined ? {} : { snapshot: { ...snapshot, settings: { ...snapshot.settings, terminalFontSize } } },
  )
  void page.ask('settings.set', { terminalFontSize })
}

/** Performs the action; false if there is nothing to apply it to, and the page handles the key. */
function perform(page: Page, action: KeyAction): boolean {
  const { activeTab, dock, dockPlace, tabs, selectedInstance, isPaletteOpen, editor } = page.store.getState()
  const active = tabs.find(({ key }) => key === activeTab)
  switch (action) {
    case 'palette':
      page.setPalette(!isPaletteOpen)
      return true
    case 'new-forward':
      if (editor.kind === 'closed') page.editForward()
      return true
    case 'settings':
    case 'instances':
    case 'forwards':
    case 'sessions':
    case 'recordings':
    case 'activity':
      page.show(action)
      return true
    case 'filter':
      return focusFilter()
    case 'next-region':
    case 'previous-region':
      moveRegion(action === 'next-region' ? 1 : -1)
      return true
    case 'dock':
      page.setDock(dock === 'hidden' ? dockPlace : 'hidden')
      return true
    case 'new-terminal':
      // On the same instance as the current terminal, else on the selected instance, else the palette asks.
      if (page.openLike()) return true
      if (selectedInstance === undefined) page.setPalette(true)
      else page.openTab(selectedInstance)
      return true
    case 'close-terminal':
      if (active === undefined || dock === 'hidden') return false
      page.askToCloseTab(active.key, active.layout.kind === 'split' ? active.activePane : undefined)
      return true
    case 'reopen-terminal':
      return page.reopenTab()
    case 'split-right':
    case 'split-down':
      if (active === undefined || dock === 'hidden') return false
      page.splitPane(active.key, active.activePane, action === 'split-right' ? 'right' : 'down')
      return true
    // If there is no pane in that direction, the key goes to the shell.
    case 'pane-left':
      return dock !== 'hidden' && page.stepPane('left')
    case 'pane-right':
      return dock !== 'hidden' && page.stepPane('right')
    case 'pane-up':
      return dock !== 'hidden' && page.stepPane('up')
    case 'pane-down':
      return dock !== 'hidden' && page.stepPane('down')
    case 'tab-left':
    case 'tab-right':
      if (active === undefined || dock === 'hidden') return false
      page.moveTab(active.key, tabs.indexOf(active) + (action === 'tab-right' ? 1 : -1))
      return true
    case 'find':
      return page.findInTerminal()
    case 'record-terminal':
      return toggleRecording(page)
    case 'font-larger':
    case 'font-smaller':
    case 'font-reset':
      setFontSize(page, action)
      return true
    case 'next-tab':
    case 'previous-tab':
      page.stepTab(action === 'next-tab' ? 1 : -1)
      return tabs.length > 0
    case 'tab-1':
    case 'tab-2':
    case 'tab-3':
    case 'tab-4':
    case 'tab-5':
    case 'tab-6':
    case 'tab-7':
    case 'tab-8':
    case 'tab-9':
      return selectNumber(page, Number(action.slice(-1)))
  }
}

/** Listens while the page is shown. */
export function useShortcuts(): void {
  const page = usePage()
  useEffect(() => {
    let leaderAt = -Infinity
    const press = (event: KeyboardEvent): void => {
      // Key presses that are part of composing a character are not shortcuts.
      if (event.isComposing) return
      const place = placeOf(event.target)
      const isAfterLeader = event.timeStamp - leaderAt < LEADER_MS
      leaderAt = isViewLeader(event, place) ? event.timeStamp : -Infinity
      const action = actionOf(event, { platform, place, isAfterLeader })
      // Under a dialog or a menu only the palette's own key works.
      const isCovered = document.querySelector('[role=dialog], [role=alertdialog], [role=menu]') !== null
      if (action === undefined || (isCovered && action !== 'palette')) return
      if (!perform(page, action)) return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('keydown', press, { capture: true })
    return () => window.removeEventListener('keydown', press, { capture: true })
  }, [page])
}
