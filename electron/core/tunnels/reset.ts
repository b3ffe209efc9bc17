// Resets a TCP connection, so that its program sees an error and not an end.

import type { Socket } from 'node:net'

/**
 * Resets `socket`; idempotent. While its end is on the way the system refuses a reset, and Node would then leak the socket
 * without ever closing it: such a one is only destroyed. Source: libuv `uv_tcp_close_reset`, EINVAL after a shutdown.
 */
export function resetSocket(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
  if (isEnding) socket.destroy()
  else socket.resetAndDestroy()
}
