// Which sessions this app carries now: those of its forwards and terminals, by their ids.

import type { ForwardView } from '../../shared/model/forward'
import type { TerminalView } from '../../shared/model/terminal'
import type { Carried } from './accountsessions/sources'

/** The sessions of forwards and of terminals, each with the view of what carries it. */
export interface Carriers {
  readonly forwards: { readonly sessions: readonly { readonly sessionId: string; readonly view: ForwardView }[] }
  readonly terminals: { readonly sessions: readonly { readonly sessionId: string; readonly view: TerminalView }[] }
}

/** Counters are those of the whole forward: they go on where a new session takes the place of one that is gone. */
function ofForward({ forward, localPort, health, expiresAt }: ForwardView): Carried {
  const { id, name, remoteHost = 'localhost', remotePort, maxConnections } = forward
  return {
    carrier: { kind: 'forward', id, name },
    endpoint: `tcp://${remoteHost.includes(':') ? `[${remoteHost}]` : remoteHost}:${remotePort}`,
    ...(localPort === 0 ? {} : { localAddress: `127.0.0.1:${localPort}` }),
    ...(maxConnections === undefined ? {} : { connectionLimit: maxConnections }),
    ...(health === undefined ? {} : { bytesUp: health.bytesUp, bytesDown: health.bytesDown }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function ofTerminal({ id, instance }: TerminalView): Carried {
  return { carrier: { kind: 'terminal', id, name: instance.name === '' ? instance.id : instance.name } }
}

/** What carries each session. */
export function carriedSessions({ forwards, terminals }: Carriers): ReadonlyMap<string, Carried> {
  return new Map([
    ...forwards.sessions.map(({ sessionId, view }) => [sessionId, ofForward(view)] as const),
    ...terminals.sessions.map(({ sessionId, view }) => [sessionId, ofTerminal(view)] as const),
  ])
}
