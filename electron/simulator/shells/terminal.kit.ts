// What the tests of shells share: a simulator, and a shell that is open.

import { afterAll, beforeAll, vi } from 'vitest'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../simulator'

/** The simulator of the file. */
export let simulator: Simulator

/** A size of a terminal. */
export const SIZE = '{"cols":100,"rows":30}'

/** Opens a session. */
export async function open(one = simulator, body: object = {}) {
  const client = new NaiveClient()
  const target = one.world.instances[0]!
  const ticket = await getTicket(one, 'StartSession', { Target: target.id, ...body })
  await client.open(ticket)
  const text = () => client.bytes().toString()
  const printed = (part: string) => client.until(() => text().includes(part))
  return { client, text, printed, sessionId: ticket.sessionId }
}

/** The body of a session with a command of its own. */
export const command = (line: string) => ({
  DocumentName: 'AWS-StartInteractiveCommand',
  Parameters: { command: [line] },
})

/** Starts a simulator for the file; call it at the top of a test file. */
export function stageShells(): void {
  beforeAll(async () => {
    // What must not reach a shell of the Demo.
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a real secret')
    simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  })
  afterAll(async () => {
    await simulator[Symbol.asyncDispose]()
    vi.unstubAllEnvs()
  })
}
