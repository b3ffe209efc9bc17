// The strip of tabs over the terminals.

import { PanelBottom, PanelRight, Plus, X } from 'lucide-react'
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { instanceLabel } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import { ForeignName } from '../parts/Foreign'
import { Glyph } from '../parts/Glyph'
import { IconButton } from '../parts/IconButton'
import { Tooltip } from '../parts/Tooltip'
import type { Tab } from '../store/state'
import { tabWords } from './words'

interface TabProps {
  readonly tab: Tab
  readonly isActive: boolean
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function TabHead({ tab, isActive, onKeyDown }: TabProps): ReactNode {
  const page = usePage()
  const items = usePageState((state) => state.snapshot?.instances.items)
  const terminals = usePageState((state) => state.snapshot?.terminals)
  const head = useRef<HTMLDivElement>(null)
  const terminalId = tab.terminal.kind === 'bound' ? tab.terminal.terminalId : undefined
  const view = terminals?.find(({ id }) => id === terminalId)
  const words = tabWords(tab, view)
  const label = instanceLabel(items ?? [], tab.instance)
  const id = shownName(tab.instance.id)
  const place = view === undefined ? id : `${id}, ${shownName(view.environmentName)}`

  useEffect(() => {
    if (isActive) head.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [isActive])

  return (
    <div className={isActive ? 'tab on' : 'tab'} ref={head}>
      <Tooltip text={`${words.word}: ${place}`}>
        <button
          type="button"
          role="tab"
          id={`${tab.key}-head`}
          aria-selected={isActive}
          aria-controls={`${tab.key}-pane`}
          aria-label={`${shownName(label)}, ${words.word}`}
          tabIndex={isActive ? 0 : -1}
          onClick={() => page.selectTab(tab.key)}
          onKeyDown={onKeyDown}
          onAuxClick={(event) => {
            if (event.button === 1) page.closeTab(tab.key)
          }}
        >
          <Glyph tone={words.tone} />
          <span className="cut-off">
            <ForeignName text={label} />
          </span>
        </button>
      </Tooltip>
      <Tooltip text="Close and end the session" keys={keysOf('close-terminal', platform)}>
        <button
          type="button"
          className="close"
          aria-label={`Close terminal ${shownName(label)}`}
          tabIndex={isActive ? 0 : -1}
          onClick={() => page.closeTab(tab.key)}
        >
          <X size={12} strokeWidth={2} aria-hidden="true" />
        </button>
      </Tooltip>
    </div>
  )
}

/** The tabs, a way to a new one, and where the dock lies. Arrow keys walk through the tabs. */
export function Tabs(): ReactNode {
  const page = usePage()
  const tabs = usePageState((state) => state.tabs)
  const activeTab = usePageState((state) => state.activeTab)
  const dock = usePageState((state) => state.dock)

  const move = (event: KeyboardEvent): void => {
    const index = tabs.findIndex(({ key }) => key === activeTab)
    const targets: Readonly<Record<string, number>> = {
      ArrowRight: (index + 1) % tabs.length,
      ArrowLeft: (index - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }
    const next = tabs[targets[event.key] ?? -1]
    if (next === undefined) return
    event.preventDefault()
    document.querySelector<HTMLElement>(`#${next.key}-head`)?.focus()
    page.selectTab(next.key)
  }

  const isRight = dock === 'right'
  return (
    <div className="strip">
      {/* Before the tabs, so that Shift+Tab leads from a terminal to its own tab; drawn behind them. */}
      <div className="tools">
        <IconButton
          size="small"
          icon={Plus}
          label="Open a terminal"
          keys={keysOf('palette', platform)}
          onClick={() => page.setPalette(true)}
        />
        <span className="space" />
        <IconButton
          size="small"
          icon={isRight ? PanelBottom : PanelRight}
          label={isRight ? 'Move terminals below' : 'Move terminals to the right'}
          onClick={() => page.setDock(isRight ? 'bottom' : 'right')}
        />
      </div>
      {/* The list owns the tabs alone: each has a button to close it beside it, and a list of tabs may hold nothing else. */}
      <span
        role="tablist"
        aria-label="Open terminals"
        aria-owns={tabs.map(({ key }) => `${key}-head`).join(' ')}
        className="hidden"
      />
      <div className="tabs">
        {tabs.map((tab) => (
          <TabHead key={tab.key} tab={tab} isActive={tab.key === activeTab} onKeyDown={move} />
        ))}
      </div>
    </div>
  )
}
