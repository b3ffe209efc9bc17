// Requests about drains. The drains themselves are in the snapshot, without their secrets.

import type { WireError } from '../errors'
import type { SecretPlace } from '../model/drain'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** See shared/api/requests.ts. */
export const drainRequests = {
  /** Saves a new drain. Rejects with `name-taken`. */
  'drain.create': request(
    ({ object, drainFields, drainSecrets }) => object({ ...drainFields, secrets: drainSecrets }),
    recordOf<{ readonly drainId: string }>({ drainId: 'text' }),
  ),
  /** Changes a drain. What waits in its spool goes to the new destination. */
  'drain.update': request(
    ({ object, id, drainFields, drainSecrets }) => object({ drainId: id, ...drainFields, secrets: drainSecrets }),
    isNull,
  ),
  /** Deletes a drain and what waits in its spool. */
  'drain.delete': request(({ object, id }) => object({ drainId: id }), isNull),
  /** Sends one test record now, past the spool. Answered when the destination has taken it, or with why not. */
  'drain.test': request(
    ({ object, id }) => object({ drainId: id }),
    recordOf<{ readonly tookMs: number; readonly error?: WireError }>({ tookMs: 'number' }),
  ),
  /** Tries again now. */
  'drain.retry': request(({ object, id }) => object({ drainId: id }), isNull),
  /** Where secrets are kept on this computer. */
  'drain.secretplace': request(
    ({ object }) => object({}),
    recordOf<{ readonly place: SecretPlace }>({ place: 'text' }),
  ),
}
