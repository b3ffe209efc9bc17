// The open terminals as tabs. Every tab's screen stays alive while another one is shown.

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { toWireError } from '../../shared/errors'
import { usePage, usePageState } from '../context'
import type { Screen } from '../screen'
import type { Tab } from '../store'
import { instanceLabel, terminalWords, type StateWords } from '../words'
import { State, Glyph } from './State'

const GONE: StateWords = { tone: 'idle', word: 'Closed', detail: 'this terminal was closed in another window' }

function useTabWords(tab: Tab): StateWords {
  const terminals = usePageState((state) => state.snapshot?.terminals)
  switch (tab.terminal.kind) {
    case 'opening':
      return terminalWords({ kind: 'connecting' })
    case 'failed':
      return { tone: 'failed', word: 'Not connected', detail: tab.terminal.error.message }
    case 'bound': {
      const { terminalId } = tab.terminal
      const view = terminals?.find((terminal) => terminal.id === terminalId)
      return view === undefined ? GONE : terminalWords(view.state)
    }
  }
}

function useLabel(tab: Tab): string {
  const items = usePageState((state) => state.instances.items)
  return instanceLabel(items, tab.instanceId)
}

interface TabProps {
  readonly tab: Tab
  readonly isActive: boolean
}

function TabHead({ tab, isActive }: TabProps): ReactNode {
  const page = usePage()
  const words = useTabWords(tab)
  const label = useLabel(tab)
  const name = `${label}, ${words.word.replace('…', '')}`
  return (
    <div className={isActive ? 'tab on' : 'tab'} role="presentation">
      <button
        type="button"
        role="tab"
        id={`${tab.key}-head`}
        aria-selected={isActive}
        aria-controls={`${tab.key}-pane`}
        aria-label={name}
        tabIndex={isActive ? 0 : -1}
        onClick={() => page.selectTab(tab.key)}
      >
        <Glyph tone={words.tone} />
        {label}
      </button>
      <button
        type="button"
        className="close"
        aria-label={`Close terminal ${label}`}
        title="Close and end the session"
        onClick={() => page.closeTab(tab.key)}
      >
        ×
      </button>
    </div>
  )
}

function TabPane({ tab, isActive }: TabProps): ReactNode {
  const page = usePage()
  const words = useTabWords(tab)
  const element = useRef<HTMLDivElement>(null)
  const [screen, setScreen] = useState<Screen | undefined>(undefined)
  const [loadFailure, setLoadFailure] = useState<string | undefined>(undefined)
  const [isTabForShell, setTabForShell] = useState(true)
  const boundId = tab.terminal.kind === 'bound' ? tab.terminal.terminalId : undefined
  const { key } = tab
  // Read by the screen's handlers, which outlive the render that made them.
  const terminalId = useRef(boundId)

  useEffect(() => {
    terminalId.current = boundId
  }, [boundId])

  useEffect(() => {
    const container = element.current
    if (container === null) return
    let isGone = false
    let opened: Screen | undefined
    const open = async (): Promise<void> => {
      const { openScreen } = await import('../screen')
      const made = await openScreen(container, {
        typed: (text) => {
          if (terminalId.current !== undefined) page.write(terminalId.current, text)
        },
        resized: (size) => {
          if (terminalId.current !== undefined) page.resize(terminalId.current, size)
        },
        tabMoved: setTabForShell,
      })
      if (isGone) {
        made.dispose()
        return
      }
      opened = made
      setScreen(made)
      made.focus()
      // After the fit: the right size is the first thing that the shell hears.
      if (terminalId.current === undefined) await page.openTerminal(key, made.size)
    }
    open().catch((error: unknown) => setLoadFailure(toWireError(error).message))
    return () => {
      isGone = true
      opened?.dispose()
    }
  }, [key, page])

  useEffect(() => {
    if (screen === undefined || boundId === undefined) return
    // The element may have changed its size while the session was opened.
    page.resize(boundId, screen.size)
    return page.output.attach(boundId, (bytes) => screen.write(bytes))
  }, [screen, boundId, page])

  useEffect(() => {
    if (!isActive || screen === undefined) return
    screen.fit()
    // Whoever walks through the tabs by keys stays in them; Tab leads from the tab into its terminal.
    if (document.activeElement?.matches('[role=tab]:focus-visible') !== true) screen.focus()
  }, [isActive, screen])

  return (
    <div className="pane" role="tabpanel" id={`${key}-pane`} aria-labelledby={`${key}-head`} hidden={!isActive}>
      <div className="screen-box">
        <div className="screen" ref={element} data-terminal-id={boundId} />
      </div>
      <div className="statusline">
        <State
          words={
            loadFailure === undefined
              ? words
              : { tone: 'failed', word: 'The terminal did not load', detail: loadFailure }
          }
        />
        <span className="hint end" role="status">
          {isTabForShell ? 'Ctrl+Shift+M: leave with Tab' : 'Tab moves the focus. Ctrl+Shift+M: back to the shell'}
        </span>
      </div>
    </div>
  )
}

/** The dock of terminals; nothing while none is open. */
export function Terminals(): ReactNode {
  const page = usePage()
  const tabs = usePageState((state) => state.tabs)
  const activeKey = usePageState((state) => state.activeKey)
  if (tabs.length === 0) return null

  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    const index = tabs.findIndex((tab) => tab.key === activeKey)
    const next = tabs[(index + step + tabs.length) % tabs.length]
    if (next === undefined) return
    event.preventDefault()
    document.querySelector<HTMLElement>(`#${next.key}-head`)?.focus()
    page.selectTab(next.key)
  }

  return (
    <section className="dock" aria-label="Terminals">
      <div className="tabs" role="tablist" aria-label="Open terminals" tabIndex={-1} onKeyDown={move}>
        {tabs.map((tab) => (
          <TabHead key={tab.key} tab={tab} isActive={tab.key === activeKey} />
        ))}
      </div>
      {tabs.map((tab) => (
        <TabPane key={tab.key} tab={tab} isActive={tab.key === activeKey} />
      ))}
    </section>
  )
}
