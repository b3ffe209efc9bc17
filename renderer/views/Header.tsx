// The top bar: which environment this window works in, and whether the way to Culvert is there.

import type { ReactNode } from 'react'
import { usePageState } from '../context'
import { Glyph } from './State'

/** Environment, region, account and the Demo's note. */
export function Header(): ReactNode {
  const environment = usePageState((state) => state.snapshot?.environment)
  return (
    <header className="topbar">
      <span className="brand">Culvert</span>
      {environment !== undefined && (
        <>
          <span className="environment">
            <span className="name">{environment.name}</span>
            <span className="region mono">{environment.region}</span>
            {environment.identity !== undefined && (
              <span className="account mono" title={environment.identity.arn}>
                {environment.identity.accountId}
              </span>
            )}
          </span>
          {environment.isDemo && <span className="chip">Demo on this computer</span>}
        </>
      )}
    </header>
  )
}

/** Says that the way to Culvert is lost, for as long as it is. */
export function ConnectionBanner(): ReactNode {
  const connection = usePageState((state) => state.connection)
  return (
    <div role="status">
      {connection === 'lost' && (
        <div className="banner working">
          <Glyph tone="working" />
          <span>
            <strong>Connection lost.</strong> This page cannot reach Culvert and tries again by itself. If Culvert was
            started anew, open the address that it printed.
          </span>
        </div>
      )}
    </div>
  )
}
