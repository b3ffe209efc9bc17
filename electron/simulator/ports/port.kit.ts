// What the tests of ports share: a simulator, and a port session that is open.

import { afterAll, beforeAll } from 'vitest'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { readMux } from '../../../e2e/kit/wire/naivemux'
import { startSimulator, type Simulator } from '../simulator'

const FIN = 1

/** Carries data. */
export const PUSH = 2

/** The document of a port of the instance. */
export const LOCAL = 'AWS-StartPortForwardingSession'

/** The simulator of the file. */
export let simulator: Simulator

/** Returns the id of the instance with this Name. */
export const idOf = (name: string) => simulator.world.instances.find(({ tags }) => tags['Name'] === name)!.id

/** Opens a session with a port. */
export async function open(
  document: string,
  port: number,
  options: { host?: string; name?: string; one?: Simulator } = {},
) {
  const { one = simulator, name = 'web-1', host } = options
  const client = new NaiveClient()
  const ticket = await getTicket(one, 'StartSession', {
    Target: one.world.instances.find(({ tags }) => tags['Name'] === name)!.id,
    DocumentName: document,
    Parameters: { portNumber: [String(port)], ...(host === undefined ? {} : { host: [host] }) },
  })
  await client.open(ticket)
  const request = await client.shakeHands()
  const record = () => one.sessions().find(({ id }) => id === ticket.sessionId)!
  // The user's bytes after the handshake, and the bytes of one stream.
  const streamed = (id: number) =>
    Buffer.concat(
      readMux(client.bytes())
        .filter(({ command, streamId }) => command === PUSH && streamId === id)
        .map(({ data }) => data),
    )
  const hasEnded = (id: number) =>
    readMux(client.bytes()).some(({ command, streamId }) => command === FIN && streamId === id)
  return { client, request, record, streamed, hasEnded }
}

/** Starts a simulator for the file; call it at the top of a test file. */
export function stagePorts(): void {
  beforeAll(async () => {
    simulator = await startSimulator({ isPaced: false })
  })
  afterAll(async () => {
    await simulator[Symbol.asyncDispose]()
  })
}
