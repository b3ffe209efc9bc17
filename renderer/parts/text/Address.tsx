// An address or an id in monospace; a click copies it. The port is never cut off; the host is shortened.

import type { ReactNode } from 'react'
import { useCopy } from '../controls/clipboard'
import { Tooltip } from '../floats/Tooltip'

/** The props of an address. */
export interface AddressProps {
  /** `localhost:5432`; without a colon all of it counts as the host. */
  readonly text: string
  /** The text for screen readers; default: "Copy localhost:5432". */
  readonly label?: string
}

/** An address (`.address`) that a click copies. */
export function Address({ text, label }: AddressProps): ReactNode {
  const { isCopied, copy } = useCopy(text)
  const colon = text.lastIndexOf(':')
  const host = colon < 0 ? text : text.slice(0, colon)
  // "Copied" is shown beside the address, because the name of the forward or instance is above it.
  return (
    <Tooltip text={isCopied ? 'Copied' : `Copy ${text}`} side={isCopied ? 'right' : 'bottom'} isHeld={isCopied}>
      <button
        type="button"
        className="address mono"
        aria-label={label ?? `Copy ${text}`}
        onClick={(event) => {
          // The row around it opens on a click.
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
