// The kinds of faults that the simulator injects, and how often it has done so.
//
// Counts what has happened and not what was ordered: a rule of loss that met no message counts nothing.

/** Every kind, in the order in which reports list them. A `client-…` or `agent-…` kind is a cut of that leg. */
export const FAULT_KINDS = [
  'client-close-1000',
  'client-rst',
  'client-fin',
  'client-black-hole',
  'agent-close-1000',
  'agent-rst',
  'agent-fin',
  'agent-black-hole',
  'refused-upgrade',
  'delay',
  'jitter',
  'bandwidth',
  'loss',
  'duplicate',
  'reorder',
  'malformed',
  'api-error',
  'expired-credentials',
  'rotated-credentials',
  'spoiled-token',
  'agent-kill',
  'agent-restart',
  'pause-without-start',
  'recycle',
  'idle-timeout',
  'max-duration',
] as const

/** A kind of fault. */
export type FaultKind = (typeof FAULT_KINDS)[number]

/** How often each kind was injected since the start. */
export type FaultCounts = Readonly<Record<FaultKind, number>>

/** Counts injections. */
export class FaultTally {
  readonly #counts = new Map<FaultKind, number>()

  add(kind: FaultKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  get counts(): FaultCounts {
    const of = (kind: FaultKind): number => this.#counts.get(kind) ?? 0
    return {
      'client-close-1000': of('client-close-1000'),
      'client-rst': of('client-rst'),
      'client-fin': of('client-fin'),
      'client-black-hole': of('client-black-hole'),
      'agent-close-1000': of('agent-close-1000'),
      'agent-rst': of('agent-rst'),
      'agent-fin': of('agent-fin'),
      'agent-black-hole': of('agent-black-hole'),
      'refused-upgrade': of('refused-upgrade'),
      delay: of('delay'),
      jitter: of('jitter'),
      bandwidth: of('bandwidth'),
      loss: of('loss'),
      duplicate: of('duplicate'),
      reorder: of('reorder'),
      malformed: of('malformed'),
      'api-error': of('api-error'),
      'expired-credentials': of('expired-credentials'),
      'rotated-credentials': of('rotated-credentials'),
      'spoiled-token': of('spoiled-token'),
      'agent-kill': of('agent-kill'),
      'agent-restart': of('agent-restart'),
      'pause-without-start': of('pause-without-start'),
      recycle: of('recycle'),
      'idle-timeout': of('idle-timeout'),
      'max-duration': of('max-duration'),
    }
  }
}
