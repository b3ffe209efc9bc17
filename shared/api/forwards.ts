// Requests about saved forwards.

import type { CheckedLeg } from '../model/forward'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** See shared/api/requests.ts. */
export const forwardRequests = {
  /** Saves a new forward in the shown environment, turned off. Rejects with `name-taken`. */
  'forward.create': request(
    ({ object, forwardFields }) => object(forwardFields),
    recordOf<{ readonly forwardId: string }>({ forwardId: 'text' }),
  ),
  /** Changes a saved forward. A forward that is on is restarted where the change requires it. */
  'forward.update': request(({ object, id, forwardFields }) => object({ forwardId: id, ...forwardFields }), isNull),
  /** Stops and deletes a forward. */
  'forward.delete': request(({ object, id }) => object({ forwardId: id }), isNull),
  /** Turns a forward on. Answered at once; its state reports the progress. A failed forward tries again. */
  'forward.start': request(({ object, id }) => object({ forwardId: id }), isNull),
  /** Turns a forward off. Answered once its port is free; its session is ended after that. */
  'forward.stop': request(({ object, id }) => object({ forwardId: id }), isNull),
  /** Ends the wait before its next attempt. */
  'forward.retry': request(({ object, id }) => object({ forwardId: id }), isNull),
  /** Records that a person has read that web pages can reach the forward's local port. Kept as long as the forward exists. */
  'forward.acknowledge': request(({ object, id }) => object({ forwardId: id }), isNull),
  /** Checks each leg of the path once. Opens one connection to the destination if that does not affect others. */
  'forward.check': request(
    ({ object, id }) => object({ forwardId: id }),
    recordOf<{ readonly legs: readonly CheckedLeg[] }>({ legs: 'list' }),
  ),
  /** Answers a local port that is free now, at or above `from`. */
  'port.suggest': request(
    ({ object, port }) => object({ from: port }),
    recordOf<{ readonly localPort: number }>({ localPort: 'number' }),
  ),
}
