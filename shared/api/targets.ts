// Requests about saved targets. The targets themselves are in the snapshot.

import { request } from './request'
import { isNull, recordOf } from './shape'

/** See shared/api/requests.ts. */
export const targetRequests = {
  /** Saves a new target; absent environment: in the shown one. Rejects with `name-taken`. */
  'target.create': request(
    ({ object, targetFields, environmentRef }) =>
      object({ ...targetFields, environment: environmentRef.exactOptional() }),
    recordOf<{ readonly targetId: string }>({ targetId: 'text' }),
  ),
  /** Changes a saved target. A forward that uses it follows when it chooses a host again. Rejects with `name-taken` and `unknown-target`. */
  'target.update': request(({ object, id, targetFields }) => object({ targetId: id, ...targetFields }), isNull),
  /** Deletes a saved target. Rejects with `usage` and their names while forwards use it, and with `unknown-target`. */
  'target.delete': request(({ object, id }) => object({ targetId: id }), isNull),
}
