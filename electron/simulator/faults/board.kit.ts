// What the tests of faults share: a simulator, and a naive client with an echo.

import { afterEach } from 'vitest'
import { NaiveClient, callSsm, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { muxFrame, readMux } from '../../../e2e/kit/wire/naivemux'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'

/** The simulator of this test, once `begin` has started it. */
export let simulator: Simulator

/** Clients that are closed after the test. */
export const clients: NaiveClient[] = []

/** Starts the simulator. */
export async function begin(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false, ...options })
}

/** The id of the first instance. */
export const target = () => simulator.world.instances[0]!.id

/** Starts a session with the echo. */
export const start = () =>
  getTicket(simulator, 'StartSession', {
    Target: target(),
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })

/** Calls an operation and returns its error, or `fine`. */
export const codeOf = async (operation: string, body: object) => {
  const { status, json } = await callSsm(simulator, operation, { ...body })
  return status === 200 ? 'fine' : `${status} ${String(json['__type'])}`
}

/** A client with an echo stream. */
export async function openEcho() {
  const { sessionId, ...ticket } = await start()
  const client = new NaiveClient()
  clients.push(client)
  await client.open({ sessionId, ...ticket })
  await client.shakeHands()
  client.send(1, muxFrame(0, 3))
  await client.until(() => client.unacknowledged.size === 0)
  const echoed = () =>
    Buffer.concat(readMux(client.bytes()).flatMap(({ command, data }) => (command === 2 ? [data] : []))).toString()
  return {
    client,
    sessionId,
    echoed,
    say: (text: string) => client.send(1, muxFrame(2, 3, text)),
    heard: (text: string) => client.until(() => echoed() === text),
    resume: async () => client.open(await getTicket(simulator, 'ResumeSession', { SessionId: sessionId })),
    status: () => simulator.sessions().find(({ id }) => id === sessionId)?.status,
  }
}

/** Ends clients and simulator after each test; call it at the top of a test file. */
export function stageBoard(): void {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await simulator[Symbol.asyncDispose]()
  })
}
