// Bounds the body of an HTTP answer. The SDK's own handler limits the time until the headers arrive and nothing after them.
//
// Owns how long a body may stall and how large it may be.

import { Readable, Transform, pipeline } from 'node:stream'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { AppError, type ErrorCode } from '../../shared/errors'

/** A connection that delivers nothing for so long is taken for dead, although its socket is open. */
const STALL_MS = 30_000

/** The largest page, a thousand machines of EC2 with all their tags and devices, has 15 MB. */
const MAX_BYTES = 64 * 1_048_576

/** The error that ends a body. The SDK does not retry it: a StartSession that was answered in part has started a session. */
class BodyError extends AppError {
  /** Without it the SDK appends a hint for programmers to the sentence. */
  readonly $metadata = {}

  constructor(code: Extract<ErrorCode, 'timeout' | 'service'>, message: string) {
    super(code, message)
  }
}

/** Passes the bytes on; fails with a `BodyError` when they stall or are too many. */
function bounded(body: Readable): Readable {
  let sizeBytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh()
      sizeBytes += chunk.length
      const isTooMuch = sizeBytes > MAX_BYTES
      if (isTooMuch) {
        const text = 'What answered sent more than 64 MiB for one call: check the endpoint and the proxy settings.'
        done(new BodyError('service', text))
      } else {
        done(null, chunk)
      }
    },
  })
  const timer = setTimeout(() => {
    const text = `AWS stopped in the middle of its answer for ${STALL_MS / 1_000} s: check the network and try again.`
    meter.destroy(new BodyError('timeout', text))
  }, STALL_MS)
  // `pipeline` destroys both when one of them ends, so a refused body closes its socket.
  return pipeline(body, meter, () => clearTimeout(timer))
}

/** The SDK's handler with bounded bodies. */
export class BoundedHandler extends NodeHttpHandler {
  #isClosed = false

  /** Sends nothing from now on. The SDK would repeat a call whose socket is closed under it, on a new socket. */
  close(): void {
    this.#isClosed = true
  }

  override async handle(...request: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    if (this.#isClosed) throw new AppError('network', 'The environment was closed meanwhile: open it again.')
    const answer = await super.handle(...request)
    const body: unknown = answer.response.body
    if (body instanceof Readable) answer.response.body = bounded(body)
    return answer
  }
}
