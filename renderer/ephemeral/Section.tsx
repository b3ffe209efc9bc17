// The open ephemeral sessions above the list of the Sessions view. Renders nothing where none is open.

import './ephemeral.css'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { EnvironmentRef } from '../../shared/model/environment'
import { OpenSessions } from './Open'
import { useSessions } from './useSessions'

/** The section for one environment. */
export function EphemeralSection({ environment }: { readonly environment: EnvironmentRef | undefined }): ReactNode {
  const sessions = useSessions(environment)
  const [isOpen, setOpen] = useState(true)
  const { listing } = sessions
  if (listing === undefined || (listing.sessions.length === 0 && listing.problem === undefined)) return null
  const leftOver = listing.sessions.filter(({ holder }) => holder === 'left-over').length
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <section className="ephemeral-section" aria-label="Ephemeral sessions">
      <button type="button" className="head" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
        <b>Ephemeral sessions</b>
        <span className="faint cut-off">
          {listing.sessions.length} of {listing.limit} open{leftOver === 0 ? '' : `, ${leftOver} left over`}
        </span>
      </button>
      {isOpen && <OpenSessions sessions={sessions} />}
    </section>
  )
}
