// The window: top bar, instances, forwards, and the dock of terminals under them.

import type { ReactNode } from 'react'
import { usePageState } from './context'
import { Forwards } from './views/Forwards'
import { ConnectionBanner, Header } from './views/Header'
import { Instances } from './views/Instances'
import { Terminals } from './views/Terminals'

/** Everything that is on the page. */
export function App(): ReactNode {
  const announcement = usePageState((state) => state.announcement)
  return (
    <div className="app">
      <Header />
      <ConnectionBanner />
      <main className="main">
        <div className="views">
          <Instances />
          <Forwards />
        </div>
        <Terminals />
      </main>
      <div className="hidden" aria-live="polite">
        {announcement}
      </div>
    </div>
  )
}
