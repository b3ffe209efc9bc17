// "Check now": probes each leg from here to the destination once, and tells where the way ends. Runs on demand only.

import type { Duplex } from 'node:stream'
import { AppError, toWireError, type WireError } from '../../../shared/errors'
import type { CheckedLeg, TunnelState } from '../../../shared/model/forward'
import { hasNetwork } from '../sessions/resume/interfaces'
import type { PortSession } from './session'
import { judge } from '../sessions/resume/retry'

const PROBE_MS = 5_000
// An agent that cannot connect reports it within this time (Flag 3, or the end of the stream). Silence counts as connected.
const REFUSAL_MS = 2_000

const LEGS = ['network', 'service', 'agent', 'destination'] as const

type Leg = (typeof LEGS)[number]

/** Legs before `failing` are ok, legs after it are unknown. */
function until(failing: Leg, error: WireError): readonly CheckedLeg[] {
  const at = LEGS.indexOf(failing)
  return LEGS.map((leg, index) =>
    index === at ? { leg, outcome: 'failed', error } : { leg, outcome: index < at ? 'ok' : 'unknown' },
  )
}

/** Checks an open session. Never rejects: a failure is part of the legs. */
export async function checkSession(session: PortSession): Promise<readonly CheckedLeg[]> {
  const { serviceMs, agentMs } = await session.probe(PROBE_MS)
  if (serviceMs === undefined) {
    const message = 'Session Manager did not answer within 5 s. Culvert renews the connection by itself.'
    return until(hasNetwork() ? 'service' : 'network', toWireError(new AppError('network', message)))
  }
  const near: readonly CheckedLeg[] = [
    { leg: 'network', outcome: 'ok' },
    { leg: 'service', outcome: 'ok', tookMs: serviceMs },
  ]
  if (agentMs === undefined) {
    const error = toWireError(
      new AppError('timeout', 'The agent did not answer within 5 s. Check that the instance still runs.'),
    )
    return [...near, { leg: 'agent', outcome: 'failed', error }, { leg: 'destination', outcome: 'unknown' }]
  }
  const agent: CheckedLeg = { leg: 'agent', outcome: 'ok', tookMs: agentMs }
  if (!session.canTryDestination) return [...near, agent, { leg: 'destination', outcome: 'unknown' }]
  const error = await tryDestination(session)
  return [
    ...near,
    agent,
    error === undefined ? { leg: 'destination', outcome: 'ok' } : { leg: 'destination', outcome: 'failed', error },
  ]
}

/** Opens a connection, sends nothing, and resolves with the error if it is refused. Never rejects. */
export async function tryDestination(session: Pick<PortSession, 'open'>): Promise<WireError | undefined> {
  let stream: Duplex
  try {
    stream = session.open()
  } catch (error) {
    return toWireError(error)
  }
  const outcome = await new Promise<WireError | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), REFUSAL_MS)
    const refused = (error: unknown): void => {
      clearTimeout(timer)
      resolve(toWireError(error))
    }
    stream.on('error', refused)
    // A destination that speaks first proves the connection before the time is over.
    stream.once('data', () => {
      clearTimeout(timer)
      resolve(undefined)
    })
    stream.once('end', () =>
      refused(
        new AppError('destination-refused', 'The destination closed the connection at once. Check what listens there.'),
      ),
    )
  })
  stream.destroy()
  return outcome
}

/** The legs of a tunnel without a session, as far as its state tells them. */
export function checkState(state: TunnelState): readonly CheckedLeg[] {
  const cause = 'cause' in state ? state.cause : state.kind === 'failed' ? state.error : undefined
  if (cause === undefined) return LEGS.map((leg) => ({ leg, outcome: 'unknown' }))
  const verdict = judge(cause)
  if (verdict === 'instance') return until('agent', cause)
  if (verdict === 'network' && !hasNetwork()) return until('network', cause)
  return until(cause.code.startsWith('destination-') ? 'destination' : 'service', cause)
}
