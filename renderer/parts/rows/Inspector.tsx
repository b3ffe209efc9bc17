// The panel beside a long list, which shows one of its rows in full. Owns its scrolling and the focus of a narrow window.

import { X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { shownName } from '../../../shared/foreigntext'
import { IconButton } from '../controls/IconButton'
import { ForeignName } from '../text/Foreign'

/** The props of an inspector. */
export interface InspectorProps {
  /** What is shown in full: another one begins at the top. */
  readonly shownId: string
  readonly label: string
  readonly children: ReactNode
}

/** The panel. */
export function Inspector({ shownId, label, children }: InspectorProps): ReactNode {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    panel.current?.scrollTo({ top: 0 })
  }, [shownId])
  useEffect(() => {
    // Without room for both, CSS hides the list; the panel takes the focus that was in it.
    const isListHidden = panel.current?.previousElementSibling?.getClientRects().length === 0
    // Not the panel's first button: its tooltip would consume the first Esc.
    if (isListHidden) panel.current?.focus()
  }, [])
  return (
    <section className="inspector" aria-label={label} data-region="detail" tabIndex={-1} ref={panel}>
      {children}
    </section>
  )
}

/** The first line of the panel: the name of what is shown, and the button that closes the panel. */
export function InspectorTitle({ name, onClose }: { readonly name: string; readonly onClose: () => void }): ReactNode {
  return (
    <>
      <h2 className="cut-off" title={shownName(name)}>
        <ForeignName text={name} />
      </h2>
      <IconButton icon={X} label="Close details" keys={['Esc']} onClick={onClose} />
    </>
  )
}
