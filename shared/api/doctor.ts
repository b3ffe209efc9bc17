// Requests about the doctor. What it finds is in the snapshot, line by line.

import { MAX_SET_TEXT } from '../targetset'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** See shared/api/requests.ts. */
export const doctorRequests = {
  /**
   * Starts a run and stops the one before. Answered at once. `target`, an id, a Name, a set or a saved target: a session is opened, resumed once and ended;
   * with `port` one to that port of the instance, or of `host`. Absent environment: the shown one.
   */
  'doctor.run': request(
    ({ object, environmentRef, text, port, forwardFields }) =>
      object({
        environment: environmentRef.exactOptional(),
        target: text(MAX_SET_TEXT).min(1).exactOptional(),
        port: port.exactOptional(),
        host: forwardFields.remoteHost,
      }),
    recordOf<{ readonly runId: string }>({ runId: 'text' }),
  ),
  /** Stops a run. Its session is ended. Does nothing for a run that is over. */
  'doctor.stop': request(({ object, id }) => object({ runId: id }), isNull),
}
