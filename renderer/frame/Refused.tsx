// Replaces the whole page if it has no token, or if the host does not accept its token: the page would be unusable.

import type { ReactNode } from 'react'
import icon from '../glyphs/icon.svg'

const words = {
  refused: {
    title: 'This page is no longer connected',
    text: 'This page was opened for an earlier start of Culvert. Open the address that it printed.',
  },
  tokenless: {
    title: 'This page is not connected',
    text: 'This tab was opened without the token of Culvert. Open the whole address again that Culvert printed when it started.',
  },
} as const

/** Says what happened, and how to open the current page. */
export function Refused({ connection }: { readonly connection: keyof typeof words }): ReactNode {
  const { title, text } = words[connection]
  return (
    <main className="refused">
      <img src={icon} alt="" width="56" height="56" />
      <h1>{title}</h1>
      <p role="alert">{text}</p>
    </main>
  )
}
