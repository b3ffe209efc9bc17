// Two sockets of one session, and refusals of the second, over real sockets: each answer that AWS may give.

import { afterEach, expect, test, vi } from 'vitest'
import { NaiveClient, callSsm, getTicket, readNaively, writeNaively } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../simulator'
import type { OpenResume } from './openresume'

let simulator: Simulator

afterEach(async () => {
  await simulator[Symbol.asyncDispose]()
})

/** A client that counts the acknowledgements it gets. */
class Counting extends NaiveClient {
  acknowledged = 0
  override onFrame = (frame: Buffer): void => {
    if (readNaively(frame).type === 'acknowledge') this.acknowledged += 1
  }
}

const REPEATED = writeNaively({
  type: 'input_stream_data',
  sequenceNumber: 0,
  flags: 0,
  payloadType: 6,
  payload: Buffer.from('{}'),
})

/** A session whose socket is open. */
async function open(openResume: OpenResume) {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, openResume })
  const ticket = await getTicket(simulator, 'StartSession', {
    Target: simulator.world.instances[0]?.id,
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
  const first = new Counting()
  await first.open(ticket)
  await first.shakeHands()
  await first.until(() => first.unacknowledged.size === 0)
  first.acknowledged = 0
  return { first, sessionId: ticket.sessionId }
}

/** The same with a second socket, over which a message was sent that the agent acknowledges again. */
async function openTwice(openResume: OpenResume) {
  const { first, sessionId } = await open(openResume)
  const second = new Counting()
  await second.open(await getTicket(simulator, 'ResumeSession', { SessionId: sessionId }))
  second.sendRaw(REPEATED)
  return { first, second, sessionId }
}

test('by default the second socket takes the place of the first, which is closed with 1000', async () => {
  const { first, second } = await openTwice('replaces')
  await second.until(() => second.acknowledged > 0)
  await first.until(() => first.closeCode)
  expect([first.closeCode, first.acknowledged]).toEqual([1_000, 0])
})

test('both may live: each gets what the agent sends, and each may leave', async () => {
  const { first, second, sessionId } = await openTwice('both-live')
  await second.until(() => second.acknowledged === 1)
  await first.until(() => first.acknowledged === 1)
  second.close()
  await second.until(() => second.closeCode)
  first.sendRaw(REPEATED)
  await first.until(() => first.acknowledged === 2)
  expect(simulator.sessions().find(({ id }) => id === sessionId)?.status).toBe('Connected')
})

test('the second may have to wait: it gets nothing until the first is closed', async () => {
  const { first, second } = await openTwice('waits')
  await first.until(() => first.acknowledged === 1)
  expect(second.acknowledged).toBe(0)
  first.close()
  await first.until(() => first.closeCode)
  second.sendRaw(REPEATED)
  await second.until(() => second.acknowledged === 1)
})

test('the last socket that leaves makes the session disconnected, and a cut takes all of them', async () => {
  const { first, second, sessionId } = await openTwice('both-live')
  await second.until(() => second.acknowledged === 1)
  simulator.cut(sessionId, 'close-1000')
  await first.until(() => first.closeCode)
  await second.until(() => second.closeCode)
  expect(simulator.sessions().find(({ id }) => id === sessionId)?.status).toBe('Disconnected')
})

test.each([
  ['refused', 'BadRequest'],
  ['denied', 'AccessDeniedException'],
  ['throttled', 'ThrottlingException'],
  ['expired', 'ExpiredTokenException'],
] as const)('the second may be refused (%s), and allowed once the first is closed', async (openResume, code) => {
  const { first, sessionId } = await open(openResume)
  const refused = await callSsm(simulator, 'ResumeSession', { SessionId: sessionId })
  expect([refused.status, refused.json['__type']]).toEqual([400, code])
  first.sendRaw(REPEATED)
  await first.until(() => first.acknowledged === 1)
  first.close()
  await first.until(() => first.closeCode)
  await vi.waitFor(() => getTicket(simulator, 'ResumeSession', { SessionId: sessionId }))
})
