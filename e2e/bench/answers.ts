// Small answers per second through one forward, over 1, 8 and 32 parallel connections, as database clients or web pages need
// them.
//
// Each connection sends a short question to the Demo's echo port and sends the next one when its answer is complete. The agent
// is paced like a real one: it reads up to 1,024 bytes of the session and then sleeps 1 ms, so that answers share a message
// only when their questions arrived together.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { openTunnel, printLine, withDemo } from './demo'

const QUESTION = Buffer.alloc(32, 7)
const WARM_UP_MS = 500
const MEASURE_MS = Number(process.argv[2] ?? '3000')
const CONNECTIONS = [1, 8, 32] as const
const ECHO_PORT = 7

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Sends questions over all `sockets` in parallel until `ms` have passed; returns the answers per second. */
async function measure(sockets: readonly Socket[], ms: number): Promise<number> {
  const startedAt = performance.now()
  let answers = 0
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          let received = 0
          const onData = (chunk: Buffer): void => {
            received += chunk.length
            if (received < QUESTION.length) return
            received = 0
            answers += 1
            if (performance.now() - startedAt < ms) {
              socket.write(QUESTION)
              return
            }
            socket.off('data', onData)
            resolve()
          }
          socket.on('data', onData)
          socket.write(QUESTION)
        }),
    ),
  )
  return answers / ((performance.now() - startedAt) / 1_000)
}

await withDemo(true, async (environment) => {
  const tunnel = await openTunnel(environment, ECHO_PORT)
  let ofOne = 0
  for (const count of CONNECTIONS) {
    const sockets = await Promise.all(Array.from({ length: count }, () => open(tunnel.port)))
    await measure(sockets, WARM_UP_MS)
    const rate = await measure(sockets, MEASURE_MS)
    if (count === 1) ofOne = rate
    printLine(
      `small answers, ${String(count).padStart(2)} at a time  ${rate.toFixed(0).padStart(6)} a second   ${(rate / ofOne).toFixed(2)} times one connection`,
    )
    for (const socket of sockets) socket.destroy()
  }
  await tunnel[Symbol.asyncDispose]()
})
