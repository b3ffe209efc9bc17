// The settings for outages: how long connections are held, and how soon a dead one is noticed.

import type { ReactNode } from 'react'
import type { Settings } from '../../shared/settings'
import { NumberLine } from './NumberLine'

/** The lines of the "Connection" section. */
export function Connection({ settings }: { readonly settings: Settings }): ReactNode {
  return (
    <>
      <NumberLine
        name="holdSeconds"
        title="Hold new connections for"
        text="During an outage new connections to a forward wait this long, then they are refused."
        unit="s"
        settings={settings}
      />
      <NumberLine
        name="resumeMinutes"
        title="Resume a session for"
        text="After that a new session starts on the same port, and open connections are reset."
        unit="min"
        settings={settings}
      />
      <NumberLine
        name="resumeAheadMinutes"
        title="Renew connections with ending keys every"
        text="For keys that cannot be renewed and whose end is unknown: a connection lives an hour after the last time. 60 turns it off."
        unit="min"
        settings={settings}
      />
      <NumberLine
        name="pingSeconds"
        title="Ping Session Manager every"
        text="Applies from the next connection on."
        unit="s"
        settings={settings}
      />
      <NumberLine
        name="deadSeconds"
        title="Count a connection as dead after"
        text="After this long without an answer the connection is resumed."
        unit="s"
        settings={settings}
      />
      <NumberLine
        name="failoverSeconds"
        title="Move to another host after"
        text="For forwards on a set of hosts: how long the host may be out of reach. An outage of this computer's network moves no forward."
        unit="s"
        settings={settings}
      />
    </>
  )
}
