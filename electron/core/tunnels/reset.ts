// Resets a TCP connection, so that its program sees an error and not an end of file.

import type { Socket } from 'node:net'

/**
 * Resets `socket`; idempotent. After a shutdown that is not finished the system refuses a reset, and Node would then never close the
 * socket: in that case it is destroyed instead. Source: libuv `uv_tcp_close_reset`, EINVAL after a shutdown.
 */
export function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
  if (isEnding) socket.destroy()
  else socket.resetAndDestroy()
}
