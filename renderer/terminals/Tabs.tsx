// The strip of tabs above the terminals, and the actions on the current tab.

import { Columns2, PanelBottom, PanelRight, Plus, Rows2 } from 'lucide-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { keysOf } from '../keys'
import { IconButton } from '../parts/controls/IconButton'
import { panesOf } from '../store/layout'
import { TabHead } from './TabHead'

/** The tabs, the button for a new one, and the position of the dock. The arrow keys move between the tabs. */
export function Tabs(): ReactNode {
  const page = usePage()
  const tabs = usePageState((state) => state.tabs)
  const activeTab = usePageState((state) => state.activeTab)
  const dock = usePageState((state) => state.dock)
  const shown = usePageState((state) => state.snapshot?.environment.name)
  const active = tabs.find(({ key }) => key === activeTab)
  // If all tabs have the same environment, they do not repeat its name: the top bar shows it.
  const places = new Set(tabs.flatMap(({ layout }) => panesOf(layout)).map(({ environmentName }) => environmentName))
  const isPlaceShown = places.size > 1 || (places.size === 1 && shown !== undefined && !places.has(shown))

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
      {/* Before the tabs in the DOM, so that Shift+Tab leads from a terminal to its own tab; shown after them. */}
      <div className="tools">
        <IconButton
          size="small"
          icon={Plus}
          label="Open a terminal"
          keys={keysOf('palette', platform)}
          onClick={() => page.setPalette(true)}
        />
        <span className="space" />
        {active !== undefined && (
          <>
            <IconButton
              size="small"
              icon={Columns2}
              label="Split right"
              keys={keysOf('split-right', platform)}
              onClick={() => page.splitPane(active.key, active.activePane, 'right')}
            />
            <IconButton
              size="small"
              icon={Rows2}
              label="Split down"
              keys={keysOf('split-down', platform)}
              onClick={() => page.splitPane(active.key, active.activePane, 'down')}
            />
          </>
        )}
        <IconButton
          size="small"
          icon={isRight ? PanelBottom : PanelRight}
          label={isRight ? 'Move terminals below' : 'Move terminals to the right'}
          onClick={() => page.setDock(isRight ? 'bottom' : 'right')}
        />
      </div>
      {/* The role covers the tabs only: each has a close button beside it, and a tab list may contain nothing but tabs. */}
      <span
        role="tablist"
        aria-label="Open terminals"
        aria-owns={tabs.map(({ key }) => `${key}-head`).join(' ')}
        className="hidden"
      />
      <div className="tabs">
        {tabs.map((tab, index) => (
          <TabHead
            key={tab.key}
            tab={tab}
            index={index}
            isActive={tab.key === activeTab}
            isPlaceShown={isPlaceShown}
            onKeyDown={move}
          />
        ))}
      </div>
    </div>
  )
}
