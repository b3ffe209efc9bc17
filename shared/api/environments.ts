// Requests about the shown environment, its instances, and the outages of the Demo.

import type { WireError } from '../errors'
import type { SessionDocument } from '../model/document'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** The content of a session document, or why it could not be read. */
interface DocumentReading {
  readonly document?: SessionDocument
  readonly error?: WireError
}

/** See shared/api/requests.ts. */
export const environmentRequests = {
  /** Shows another environment. Forwards and terminals of other environments keep running. */
  'environment.select': request(({ object, environmentRef }) => object({ environment: environmentRef }), isNull),
  /** Reads the profiles of the AWS files again. */
  'environment.refresh': request(({ object }) => object({}), isNull),
  /** Starts an outage in the Demo, to show how Culvert reacts. Rejects with `usage` if another environment is shown. */
  'demo.outage': request(({ object, oneOf }) => object({ kind: oneOf(['cut', 'network', 'keys']) }), isNull),
  /** Ends the outage of the Demo: restores the network, or provides new keys. Rejects as `demo.outage`. */
  'demo.recover': request(({ object }) => object({}), isNull),
  /** Reads a session document, to offer its parameters. `environment` absent: the shown one. */
  'document.read': request(
    ({ object, documentName, environmentRef }) =>
      object({ name: documentName, environment: environmentRef.exactOptional() }),
    recordOf<DocumentReading>({}),
  ),
  /** Lists the instances again; the next snapshot contains the outcome. */
  'instances.refresh': request(({ object }) => object({}), isNull),
}
