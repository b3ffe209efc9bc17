// Requests about the environment that is shown, its instances, and the outages of the Demo.

import { request } from './request'
import { isNull } from './shape'

/** See shared/api/requests.ts. */
export const environmentRequests = {
  /** Shows another environment. What runs in others goes on. */
  'environment.select': request(({ object, environmentRef }) => object({ environment: environmentRef }), isNull),
  /** Reads the profiles of the AWS files again. */
  'environment.refresh': request(({ object }) => object({}), isNull),
  /** Lets something happen to the Demo, to see what Culvert does. Rejects with `usage` where another environment is shown. */
  'demo.outage': request(({ object, oneOf }) => object({ kind: oneOf(['cut', 'network', 'keys']) }), isNull),
  /** Ends what lasts of an outage of the Demo: the network is back, or new keys are there. Rejects as `demo.outage`. */
  'demo.recover': request(({ object }) => object({}), isNull),
  /** Lists the instances again; the snapshot tells the outcome. */
  'instances.refresh': request(({ object }) => object({}), isNull),
}
