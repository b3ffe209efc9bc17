// What the channel of a session tells the diagnostic log.

import type { Diagnose } from '../../../shared/diagnostics'
import type { ChannelObserver } from '../../ssm/channel/handlers'

/** Tells `diagnose` what a channel notices, as entries of one session. */
export function observerOf(diagnose: Diagnose, sessionId: string): ChannelObserver {
  return {
    dropped: (why) => diagnose({ kind: 'frame-dropped', sessionId, why }),
    resent: (sequence, attempt) => diagnose({ kind: 'retransmission', sessionId, sequence, attempt }),
  }
}
