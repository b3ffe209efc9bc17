// The whole page, when its host does not know its token, or it has none: nothing on it could be trusted or used.

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

/** Says what happened and where the page is now. */
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
