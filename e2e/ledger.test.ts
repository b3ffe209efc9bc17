// What the ledger of a running app tells of its sessions, against the simulator: a forward with a lost connection, one that was ended from
// outside, and a terminal.

import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { openLedger, type Ledger } from '../electron/core/ledger/ledger'
import { create, place, stageCore, window } from './kit/stages/core'

stageCore()

/** Reads the history as a command line does, while the app runs. */
async function history(): Promise<Ledger> {
  const ledger = await openLedger({ directory: place.dataDirectory, door: 'command' })
  await ledger.read()
  return ledger
}

const statesOf = (ledger: Ledger, sessionId: string): string[] =>
  ledger
    .bySession(sessionId)
    ?.states.map(({ state }) => state)
    .toReversed() ?? []

test('a forward: its states with a resume, its endpoint and address, its connections and bytes', async () => {
  const id = await create({ remotePort: 7 })
  await window.ask('forward.start', { forwardId: id })
  const { sessionId } = await window.reach(id, 'up')
  const { localPort } = window.forward(id)
  const program = connect({ host: '127.0.0.1', port: localPort })
  program.write('a question')
  await once(program, 'data')
  place.simulator.cut(sessionId, 'rst')
  // A resume may be done before the window is told of it. The ledger has each state.
  const resumed = ['pending', 'active', 'resuming', 'active']
  await vi.waitFor(async () => expect(statesOf(await history(), sessionId)).toEqual(resumed))
  await window.reach(id, 'up')
  program.destroy()
  await window.ask('forward.stop', { forwardId: id })
  await vi.waitFor(async () => expect(statesOf(await history(), sessionId).at(-1)).toBe('terminated'))
  const ledger = await history()
  expect(statesOf(ledger, sessionId)).toEqual(['pending', 'active', 'resuming', 'active', 'canceling', 'terminated'])
  expect(ledger.bySession(sessionId)).toMatchObject({
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    region: 'eu-west-1',
    type: 'port',
    document: 'AWS-StartPortForwardingSession',
    endpoint: 'tcp://localhost:7',
    localAddress: `127.0.0.1:${localPort}`,
    connectionsUsed: 1,
    bytesUp: 10,
    bytesDown: 10,
    lastUsedAt: expect.any(Number),
    isAlive: true,
    pid: process.pid,
  })
  expect(place.simulator.sessions()[0]?.reason).toBe(`[Culvert ${ledger.installation}/${ledger.idOf(sessionId)}]`)
})

test('a terminal whose session is ended from outside is never canceling, and counts its bytes', async () => {
  const { terminalId } = await window.ask('terminal.open', {
    instanceId: await window.instance('web-2'),
    cols: 80,
    rows: 24,
  })
  await window.until(({ terminals }) => terminals.find((one) => one.id === terminalId)?.state.kind === 'open')
  await window.until(() => (window.output.get(terminalId) ?? '').length > 0)
  const [session] = place.simulator.sessions()
  place.simulator.end(session?.id ?? '', '')
  await vi.waitFor(async () => expect(statesOf(await history(), session?.id ?? '').at(-1)).toBe('terminated'))
  const ledger = await history()
  expect(statesOf(ledger, session?.id ?? '')).toEqual(['pending', 'active', 'terminated'])
  const record = ledger.bySession(session?.id ?? '')
  expect(record).toMatchObject({ type: 'shell', targetName: 'web-2' })
  expect(record?.bytesDown).toBeGreaterThan(0)
})
