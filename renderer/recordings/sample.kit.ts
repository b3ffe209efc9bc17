// A recording for the tests of this room.

import type { Recording } from '../../shared/model/recording'

/** A shell on web-1 that was recorded for a second; `more`: the fields that differ. */
export function recording(id: string, more: Partial<Recording> = {}): Recording {
  return {
    id,
    startedAt: 1_000,
    endedAt: 2_000,
    bytes: 10,
    durationMs: 1_000,
    environment: 'acme-prod',
    region: 'eu-west-1',
    target: 'i-0abc',
    targetName: 'web-1',
    kind: 'shell',
    cols: 80,
    rows: 24,
    gaps: 0,
    ...more,
  }
}
