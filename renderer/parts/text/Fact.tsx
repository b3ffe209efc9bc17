// One fact of a detail panel: its name and its value, with a copy button for values worth copying.

import type { ReactNode } from 'react'
import { shownName } from '../../../shared/foreigntext'
import { CopyButton } from '../controls/CopyButton'
import { ForeignName } from './Foreign'

/** The props of a fact. */
export interface FactProps {
  readonly name: string
  readonly value: string
  readonly isCopied?: boolean
}

/** A `dt` and its `dd`, for a `dl.facts`. */
export function Fact({ name, value, isCopied = false }: FactProps): ReactNode {
  return (
    <>
      <dt className="cut-off">
        <ForeignName text={name} />
      </dt>
      <dd className={isCopied ? 'mono' : ''}>
        <span>
          <ForeignName text={value} />
        </span>
        {isCopied && <CopyButton text={value} label={`Copy ${shownName(name.toLowerCase())}`} />}
      </dd>
    </>
  )
}
