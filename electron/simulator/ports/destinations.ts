// The services on the virtual ports of a Demo instance. Nothing here binds a real port.
//
//   7     echo                              9001  source: 8-byte big-endian length in; that many bytes of `sourceBytes`
//   9     discard                                 out, then the end
//   22    SSH banner, then echo             9000  sink: 8-byte big-endian length and that many bytes in; `<sha256>\n`
//   8080  the instance's status page              out, then the end

import { createHash } from 'node:crypto'
import { Readable, type Duplex } from 'node:stream'
import { sourceBytes } from '../world/bytesource'
import { serveStatusPage } from '../world/pages'

/** Serves one accepted connection and closes it. An 'error' listener is already attached. */
export type PortHandler = (connection: Duplex) => void

const LENGTH_BYTES = 8

/** The banner of the pretended SSH server on port 22. */
export const SSH_BANNER = 'SSH-2.0-CulvertDemo\r\n'

const echo: PortHandler = (connection) => {
  connection.pipe(connection)
}

const discard: PortHandler = (connection) => {
  connection.resume()
  connection.once('end', () => connection.end())
}

const sshBanner: PortHandler = (connection) => {
  connection.write(SSH_BANNER)
  echo(connection)
}

// Calls `onLength` with the length once it is complete, and the bytes that came behind it.
function readLength(connection: Duplex, onLength: (length: number, rest: Buffer) => void): void {
  let head = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    if (head.length < LENGTH_BYTES) return
    connection.off('data', onData)
    onLength(Number(head.readBigUInt64BE(0)), head.subarray(LENGTH_BYTES))
  }
  connection.on('data', onData)
}

const sink: PortHandler = (connection) => {
  readLength(connection, (length, rest) => {
    const hash = createHash('sha256')
    let left = length
    const take = (chunk: Buffer): void => {
      const wanted = chunk.subarray(0, left)
      hash.update(wanted)
      left -= wanted.length
      if (left > 0) return
      connection.off('data', take)
      connection.resume()
      connection.end(`${hash.digest('hex')}\n`)
    }
    connection.on('data', take)
    take(rest)
  })
}

const source: PortHandler = (connection) => {
  readLength(connection, (length) => {
    connection.resume()
    const bytes = Readable.from(sourceBytes(length), { objectMode: false })
    // `pipe` ends the connection after the last byte; a connection that closes early must stop the source.
    connection.once('close', () => bytes.destroy())
    bytes.pipe(connection)
  })
}

/** The ports that every Demo instance has, by number. Everything else is refused. */
export function standardPorts(
  instance: { readonly id: string; readonly name: string },
  isLinux: boolean,
): ReadonlyMap<number, PortHandler> {
  const ports = new Map<number, PortHandler>([
    [7, echo],
    [9, discard],
    [8_080, serveStatusPage(instance)],
    [9_000, sink],
    [9_001, source],
  ])
  if (isLinux) ports.set(22, sshBanner)
  return ports
}
