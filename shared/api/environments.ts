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

/** Longer than any name of a profile that a person would choose. */
const MAX_NAME = 1_000

/** See shared/api/requests.ts. */
export const environmentRequests = {
  /** Shows another environment. Forwards and terminals of other environments keep running. */
  'environment.select': request(({ object, environmentRef }) => object({ environment: environmentRef }), isNull),
  /** Reads the profiles of the AWS files again. */
  'environment.refresh': request(({ object }) => object({}), isNull),
  /**
   * Takes the keys of the offered profile (`LoginEnd.offered`) in place of those of the environment variables. Rejects with `usage` where
   * another or none is offered, with `credentials-expired` for keys of another account or role, and as a look-up of credentials does.
   */
  'environment.accept': request(({ object, text }) => object({ profile: text(MAX_NAME) }), isNull),
  /**
   * Begins the SSO login of a profile, and answers once a question with its page is open, or the login is done already. `isDevice`: by
   * a code, for the browser of another computer. A login of the profile that is under way is replaced. Rejects as the login does.
   */
  'login.begin': request(({ object, text, flag }) => object({ profile: text(200), isDevice: flag }), isNull),
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
