// Requests about containers of Amazon ECS. The list itself is in the snapshot.

import { request } from './request'
import { isNull } from './shape'

/** See shared/api/requests.ts. */
export const containerRequests = {
  /** Lists the containers of the shown environment again; the next snapshot contains the outcome. */
  'containers.refresh': request(({ object }) => object({}), isNull),
  /**
   * While a page shows containers it asks this every few seconds: the list is then kept new. Answered at once. A list that is not watched
   * is refreshed by `containers.refresh` only.
   */
  'containers.watch': request(({ object }) => object({}), isNull),
}
