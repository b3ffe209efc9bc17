// Where a forward listens, what it reaches, and through which instance; on a set also how many hosts are good. Ports are never cut; the host is shortened first.

import type { ReactNode } from 'react'
import type { ForwardView } from '../../shared/model/forward'
import { addressWords } from '../../shared/status'
import { Address } from '../parts/text/Address'
import { ForeignName } from '../parts/text/Foreign'
import { goodWords } from './words/via'

/** The route of a forward in one line, through the instance labelled `via`; a click copies the address. */
export function Route({ view, via }: { readonly view: ForwardView; readonly via: string }): ReactNode {
  const address = addressWords(view)
  const good = goodWords(view)
  const { remoteHost = 'localhost', remotePort } = view.forward
  return (
    <div className="route mono">
      {address === '' ? <span className="unchosen">a free port</span> : <Address text={address} />}
      <span className="arrow">→</span>
      <span className="destination">
        <span className="host">
          <ForeignName text={remoteHost} />
        </span>
        <span>:{remotePort}</span>
      </span>
      <span className="via">
        via <ForeignName text={via} />
        {good !== undefined && `, ${good}`}
      </span>
    </div>
  )
}
