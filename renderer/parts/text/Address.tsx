// An address or an id in mono; a click copies it. The port is never cut off: the host gives way.

import type { ReactNode } from 'react'
import { useCopy } from '../controls/clipboard'
import { Tooltip } from '../floats/Tooltip'

/** What an address is told. */
export interface AddressProps {
  /** `localhost:5432`; without a colon it is all host. */
  readonly text: string
  /** What a screen reader says: default "Copy localhost:5432". */
  readonly label?: string
}

/** An address (`.address`) that a click copies. */
export function Address({ text, label }: AddressProps): ReactNode {
  const { isCopied, copy } = useCopy(text)
  const colon = text.lastIndexOf(':')
  const host = colon < 0 ? text : text.slice(0, colon)
  // "Copied" stands beside the address: above it is the name of what it leads to.
  return (
    <Tooltip text={isCopied ? 'Copied' : `Copy ${text}`} side={isCopied ? 'right' : 'bottom'} isHeld={isCopied}>
      <button
        type="button"
        className="address mono"
        aria-label={label ?? `Copy ${text}`}
        onClick={(event) => {
          // In a row that opens on a click.
          event.stopPropagation()
          copy()
        }}
      >
        <span className="host">{host}</span>
        {colon >= 0 && <span className="port">{text.slice(colon)}</span>}
      </button>
    </Tooltip>
  )
}
