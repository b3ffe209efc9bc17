// The admin call: orders and scripts over HTTP on the simulator's own port.
//
//   POST /_admin/faults    one order, or a script {"seed", "steps"}; answers the counts, and after a rotation the new credentials
//   GET  /_admin/faults    the counts
//
// The caller sends the secret access key of the simulator's start in `x-culvert-secret`. The door has refused requests of a browser
// before (gateway/door.ts).

import { createHash, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import type { HttpAnswer } from '../gateway/protocols'
import type { SignedRequest } from './signature'
import type { Faults } from '../faults/board'
import type { KeyRing } from './keyring'
import { parseOrder, parseScript } from '../faults/orders'

/** The path of the admin call. */
export const ADMIN_PATH = '/_admin/faults'

/** What the admin call needs. */
export interface AdminOptions {
  readonly faults: Faults
  readonly keyRing: KeyRing
  /** The secret access key that the simulator began with; rotations do not change it. */
  readonly secret: string
}

function answer(status: number, body: unknown): HttpAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body)}\n` }
}

// Digests have one length, so the time of the comparison does not depend on the secret.
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}

/** Answers one admin request: 400 for an order that is refused, 403 without the secret. */
export function answerAdmin(request: SignedRequest, { faults, keyRing, secret }: AdminOptions): HttpAnswer {
  const given = request.headers['x-culvert-secret']
  if (typeof given !== 'string' || !isSame(given, secret)) {
    return answer(403, { error: 'Send the secret access key of this start in x-culvert-secret.' })
  }
  if (request.method === 'GET') return answer(200, { counts: faults.counts })
  if (request.method !== 'POST') return answer(405, { error: 'Use GET or POST.' })
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'))
    if (typeof body === 'object' && body !== null && 'steps' in body) {
      void faults.play(parseScript(body))
      return answer(200, { counts: faults.counts })
    }
    const order = parseOrder(body)
    faults.apply(order)
    // The caller needs the new credentials to log in again.
    const { credentials } = keyRing
    return answer(200, { counts: faults.counts, ...(order.kind === 'rotate-credentials' ? { credentials } : {}) })
  } catch (error) {
    if (error instanceof SyntaxError) return answer(400, { error: 'The request is not JSON.' })
    if (error instanceof AppError) return answer(400, { error: error.message })
    throw error
  }
}
