import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NaiveClient, callSsm, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { muxFrame, readMux } from '../../../e2e/kit/wire/naivemux'
import { startSimulator, type Simulator } from '../simulator'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
})

const SYN = 0
const PUSH = 2

async function openEcho(one = simulator) {
  const ticket = await getTicket(one, 'StartSession', {
    Target: one.world.instances[0]!.id,
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
  const client = new NaiveClient()
  await client.open(ticket)
  await client.shakeHands()
  client.send(1, muxFrame(SYN, 3))
  await client.until(() => client.unacknowledged.size === 0)
  const { sessionId } = ticket
  const resume = async () => client.open(await getTicket(one, 'ResumeSession', { SessionId: sessionId }))
  const record = () => one.sessions().find(({ id }) => id === sessionId)!
  const echoed = () =>
    Buffer.concat(
      readMux(client.bytes())
        .filter(({ command }) => command === PUSH)
        .map(({ data }) => data),
    ).toString()
  return { client, sessionId, resume, record, echoed }
}

describe.each(['close-1000', 'rst', 'fin'] as const)('a client cut by %s', (how) => {
  test('finds its session, its stream and its bytes after a resume', async () => {
    const { client, sessionId, resume, record, echoed } = await openEcho()
    client.send(1, muxFrame(PUSH, 3, 'before '))
    await client.until(() => echoed() === 'before ')
    simulator.cut(sessionId, how)
    expect(await client.until(() => client.closeCode)).toBe(how === 'close-1000' ? 1000 : 1006)
    expect(record().status).toBe('Disconnected')
    // What is written in the outage is lost on the way and comes with the resume.
    client.send(1, muxFrame(PUSH, 3, 'during '))
    await resume()
    client.send(1, muxFrame(PUSH, 3, 'after'))
    await client.until(() => echoed() === 'before during after')
    expect(record()).toMatchObject({ status: 'Connected', resumes: 1 })
    expect(record().counters).toMatchObject({ alteredRetransmits: 0, malformed: 0 })
    expect(record().opened.map(({ clientId }) => clientId)).toEqual([client.clientId, client.clientId])
    expect(new Set(record().opened.map(({ requestId }) => requestId)).size).toBe(2)
    client.close()
  })
})

describe('an absent client', () => {
  test('does not get what was sent meanwhile, until the agent sends it again', async () => {
    const { client, sessionId, resume, echoed, record } = await openEcho()
    client.acknowledges = false
    client.send(1, muxFrame(PUSH, 3, 'unseen'))
    await client.until(() => echoed() === 'unseen')
    simulator.cut(sessionId)
    await client.until(() => client.closeCode)
    client.acknowledges = true
    const copies = client.copies.length
    await resume()
    await client.until(() => client.copies.length > copies)
    await vi.waitFor(() => expect(record().counters.retransmits).toBeGreaterThan(0))
    expect(echoed()).toBe('unseen')
    client.close()
  })

  test('pauses the agent, and its return starts it', async () => {
    const { client, sessionId, resume, record } = await openEcho()
    simulator.cut(sessionId)
    await client.until(() => client.closeCode)
    const service = () => record().log.filter(({ from }) => from === 'service')
    expect(service().map(({ messageType }) => messageType)).toEqual(['pause_publication'])
    await resume()
    await vi.waitFor(() =>
      expect(service().map(({ messageType }) => messageType)).toEqual(['pause_publication', 'start_publication']),
    )
    client.close()
  })
})

describe('an absent agent', () => {
  test('is told to the client, drops its messages, and is told again when it is back', async () => {
    const { client, sessionId, record, echoed } = await openEcho()
    simulator.loseAgent(sessionId, true)
    await client.until(() => client.service.some(({ type }) => type === 'pause_publication'))
    client.send(1, muxFrame(PUSH, 3, 'lost'))
    await vi.waitFor(() => expect(record().counters.dropped).toBeGreaterThan(0))
    simulator.loseAgent(sessionId, false)
    await client.until(() => client.service.some(({ type }) => type === 'start_publication'))
    for (const frame of client.unacknowledged.values()) client.sendRaw(frame)
    await client.until(() => echoed() === 'lost')
    client.close()
  })

  test('publication messages can be undated', async () => {
    await using one = await startSimulator({ hasUndatedPublication: true })
    const { client, sessionId } = await openEcho(one)
    let created = 1n
    client.onFrame = (frame) => {
      if (frame.includes('pause_publication')) created = frame.readBigUInt64BE(40)
    }
    one.loseAgent(sessionId, true)
    await client.until(() => client.service.some(({ type }) => type === 'pause_publication'))
    expect(created).toBe(0n)
    client.close()
  })

  test('both messages can be left out', async () => {
    await using one = await startSimulator({ sendsPause: false, sendsStart: false })
    const { client, sessionId, record } = await openEcho(one)
    one.loseAgent(sessionId, true)
    one.loseAgent(sessionId, false)
    one.cut(sessionId)
    await client.until(() => client.closeCode)
    expect(record().log.filter(({ from }) => from === 'service')).toEqual([])
  })
})

describe('the end', () => {
  test('TerminateSession is told to the client with an empty text, and the session is history', async () => {
    const { client, sessionId, record } = await openEcho()
    const { status } = await callSsm(simulator, 'TerminateSession', { SessionId: sessionId })
    expect(status).toBe(200)
    expect(await client.closedOutput()).toBe('')
    expect(record().status).toBe('Terminated')
    client.close()
  })

  test('Flag 2 is acknowledged and ends a port session', async () => {
    const { client, record } = await openEcho()
    client.send(10, Buffer.from([0, 0, 0, 2]))
    expect(await client.closedOutput()).toBe('')
    expect(client.unacknowledged.size).toBe(0)
    expect(record().status).toBe('Terminated')
    client.close()
  })

  test('a session that was never opened ends too', async () => {
    const ticket = await getTicket(simulator, 'StartSession', { Target: simulator.world.instances[0]!.id })
    await callSsm(simulator, 'TerminateSession', { SessionId: ticket.sessionId })
    expect(simulator.sessions().find(({ id }) => id === ticket.sessionId)?.status).toBe('Terminated')
  })

  test('messages are logged by their headers, the newest 2,000 of them', async () => {
    const { client, record, echoed } = await openEcho()
    for (let count = 0; count < 1_200; count += 1) client.send(1, muxFrame(PUSH, 3, 'x'))
    await client.until(() => echoed().length === 1_200)
    const { log, counters } = record()
    expect(log).toHaveLength(2_000)
    expect(counters.received).toBeGreaterThan(1_200)
    expect(log.at(-1)!.at).toBeGreaterThanOrEqual(log[0]!.at)
    expect(Object.keys(log[0]!)).not.toContain('payload')
    expect(record().acknowledgementsOf(0)).toBe(1)
    client.close()
  })
})
