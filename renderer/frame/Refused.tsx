// The whole page, when its host does not know its token: nothing on it could be trusted or used.

import type { ReactNode } from 'react'
import icon from '../glyphs/icon.svg'

/** Says what happened and where the page is now. */
export function Refused(): ReactNode {
  return (
    <main className="refused">
      <img src={icon} alt="" width="56" height="56" />
      <h1>This page is no longer connected</h1>
      <p role="alert">This page was opened for an earlier start of Culvert. Open the address that it printed.</p>
    </main>
  )
}
