// The dock of terminals. While it is hidden it keeps its screens, so that nothing is lost.

import { SquareTerminal } from 'lucide-react'
import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'
import { ClosingQuestion } from './ClosingQuestion'
import { Panel } from './Panel'
import { Tabs } from './Tabs'

/** Every terminal of the core in a tab, one tab being current. `splitter` is on the dock's edge. */
export function Terminals({ splitter }: { readonly splitter: ReactNode }): ReactNode {
  const page = usePage()
  const tabs = usePageState((state) => state.tabs)
  const activeTab = usePageState((state) => state.activeTab)
  const isShown = usePageState((state) => state.dock !== 'hidden')
  // Sorted by key, whatever the order in the strip: an element that is moved in the DOM loses its scroll position.
  const panels = tabs.toSorted((a, b) => a.key.localeCompare(b.key))
  return (
    <section className="dock" aria-label="Terminals" data-region="terminals" hidden={!isShown}>
      {splitter}
      <Tabs />
      {panels.map((tab) => (
        <Panel key={tab.key} tab={tab} isShown={isShown && tab.key === activeTab} />
      ))}
      {tabs.length === 0 && (
        <EmptyState
          title="No terminal is open"
          text="Connect to an instance, and its shell opens here."
          action={
            <Button icon={SquareTerminal} onClick={() => page.show('instances')}>
              Choose an instance
            </Button>
          }
        />
      )}
      <ClosingQuestion />
    </section>
  )
}
