// A WebSocket upgrade that was refused with 401 or 403, and whether AWS itself refused it.
//
// Every answer of AWS carries a request id. A proxy or firewall on the way answers 403 without one.
// Source: AWS General Reference, "Request identifiers"; specification §2.

import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../../shared/errors'

const REQUEST_ID_HEADERS = ['x-amzn-requestid', 'x-amz-request-id', 'x-amzn-request-id']

/** A refused upgrade; the code is `upgrade-refused`. */
export class UpgradeRefusal extends AppError {
  readonly status: number
  /** Whether the answer is recognisably AWS's. */
  readonly isByAws: boolean

  constructor(status: number, headers: IncomingHttpHeaders) {
    super(
      'upgrade-refused',
      `Session Manager refused the data channel (HTTP ${status}): ask for an IAM policy that allows ` +
        'ssmmessages:OpenDataChannel on arn:aws:ssm:*:*:session/${aws:userid}-*.',
    )
    this.status = status
    this.isByAws = REQUEST_ID_HEADERS.some((name) => headers[name] !== undefined)
  }
}
