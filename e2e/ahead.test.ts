// Sessions that are resumed before their keys end, over real sockets: what each possible answer of AWS costs.

import { afterEach, describe, expect, it, test, vi } from 'vitest'
import { MINUTE_MS, converse, openAhead, type AheadStage } from './kit/stages/ahead'

let stage: AheadStage

afterEach(async () => {
  await stage[Symbol.asyncDispose]()
})

const HOUR_MS = 60 * MINUTE_MS
const PATIENCE = { timeout: 20_000, interval: 5 }

function opened(): number {
  return stage.simulator.sessions().find(({ id }) => id === stage.tunnel.sessionId)?.opened.length ?? 0
}

test("only the seed's four variables, keys end, resume ahead", { timeout: 30_000 }, async () => {
  stage = await openAhead()
  const talk = await converse(stage.tunnel.port)
  const { sessionId } = stage.tunnel
  expect(stage.states.at(-1)).toMatchObject({ kind: 'up', keys: { kind: 'unknown' } })
  // Three resumes ahead, and then the keys end.
  await vi.waitFor(() => expect(stage.outcomes.length).toBeGreaterThanOrEqual(3), PATIENCE)
  expect(stage.outcomes.map(({ outcome }) => outcome)).not.toContain('closed')
  stage.simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
  const lastResumeAt = stage.outcomes.filter(({ outcome }) => outcome === 'taken').at(-1)?.at ?? 0
  const endedAt = Date.now()
  const before = talk.count()
  // A refused resume ahead costs nothing, and the forecast says that the keys have ended.
  await vi.waitFor(() => expect(stage.states.at(-1)).toMatchObject({ kind: 'up', keys: { kind: 'ended' } }), PATIENCE)
  const said = stage.states.at(-1)
  const refusals = stage.outcomes.length
  const waits = await vi.waitFor(() => {
    const found = stage.states.find(({ kind }) => kind === 'waiting')
    if (found === undefined) throw new Error('awaited')
    return found
  }, PATIENCE)
  // No byte was lost, and the session is the first one still.
  expect([talk.end(), talk.count() > before + 20, stage.tunnel.sessionId]).toEqual([undefined, true, sessionId])
  // Until an hour after the last resume, which is later than an hour after the start and than the end of the keys.
  expect(waits.toldAt).toBeGreaterThan(endedAt)
  expect(waits.toldAt - lastResumeAt).toBeGreaterThanOrEqual(HOUR_MS - 5 * MINUTE_MS)
  expect(said).toMatchObject({ staysUntil: expect.any(Number) })
  expect(waits).toMatchObject({ for: 'login', cause: { code: 'credentials-expired' } })
  expect(stage.events.filter(({ kind }) => kind === 'resumed' || kind === 'restarted')).toEqual([])
  // Ended keys were tried once, not in each minute.
  expect(stage.outcomes.length).toBe(refusals)
  talk.stop()
})

test('keys that end at a known time: one resume, two minutes before', { timeout: 30_000 }, async () => {
  const endsAt = Date.now() + 40 * MINUTE_MS
  stage = await openAhead({}, { outlook: { kind: 'ending', endsAt } })
  const talk = await converse(stage.tunnel.port)
  await vi.waitFor(() => expect(stage.outcomes).toMatchObject([{ outcome: 'taken' }]), PATIENCE)
  expect(stage.outcomes[0]?.at).toBeGreaterThanOrEqual(endsAt - 2.25 * MINUTE_MS - 2)
  await vi.waitFor(() => expect(stage.states.at(-1)).toMatchObject({ keys: { kind: 'ended', endsAt } }), PATIENCE)
  expect([stage.kinds(), talk.end(), stage.outcomes.length]).toEqual([['connecting', 'up'], undefined, 1])
  talk.stop()
})

describe('AWS answers the resume of an open session', () => {
  it.each(['replaces', 'both-live'] as const)('by a second socket (%s): no connection notices', async (openResume) => {
    stage = await openAhead({ openResume })
    const talk = await converse(stage.tunnel.port)
    await vi.waitFor(() => expect(stage.outcomes.length).toBeGreaterThanOrEqual(2), PATIENCE)
    const before = talk.count()
    await vi.waitFor(() => expect(talk.count()).toBeGreaterThan(before + 5), PATIENCE)
    expect(stage.outcomes.map(({ outcome }) => outcome)).toContain('taken')
    expect([stage.kinds(), talk.end(), opened() > 2]).toEqual([['connecting', 'up'], undefined, true])
    talk.stop()
  })

  it('by one that gets nothing while the first is open: that is closed first, and no connection notices', async () => {
    stage = await openAhead({ openResume: 'waits' }, { timing: { proveMs: 100 } })
    const talk = await converse(stage.tunnel.port)
    await vi.waitFor(() => expect(stage.outcomes.map(({ outcome }) => outcome)).toContain('silent'), PATIENCE)
    // The second socket carries it long before the service would have closed the first: it has an hour of its own.
    const recycles = () => stage.states.flatMap((state) => (state.kind === 'up' ? [state.recycleAt ?? 0] : []))
    const [first = 0] = recycles()
    await vi.waitFor(() => expect(Math.max(...recycles())).toBeGreaterThan(first), PATIENCE)
    expect(Date.now()).toBeLessThan(first)
    const before = talk.count()
    await vi.waitFor(() => expect(talk.count()).toBeGreaterThan(before + 5), PATIENCE)
    expect([stage.kinds(), talk.end(), opened() >= 2]).toEqual([['connecting', 'up'], undefined, true])
    talk.stop()
  })

  it('by one that gets nothing, with less than a minute of keys left: the first is left open', async () => {
    const endsAt = Date.now() + 30 * MINUTE_MS
    stage = await openAhead(
      { openResume: 'waits' },
      { timing: { proveMs: 1.5 * MINUTE_MS }, outlook: { kind: 'ending', endsAt } },
    )
    const talk = await converse(stage.tunnel.port)
    await vi.waitFor(() => expect(stage.outcomes.map(({ outcome }) => outcome)).toContain('silent'), PATIENCE)
    await vi.waitFor(() => expect(stage.states.at(-1)).toMatchObject({ keys: { kind: 'ended' } }), PATIENCE)
    expect([stage.kinds(), talk.end()]).toEqual([['connecting', 'up'], undefined])
    const before = talk.count()
    await vi.waitFor(() => expect(talk.count()).toBeGreaterThan(before + 5), PATIENCE)
    talk.stop()
  })

  it('by a refusal because it is connected: its socket is closed first, and its connections are kept', async () => {
    stage = await openAhead({ openResume: 'refused' })
    const talk = await converse(stage.tunnel.port)
    const { sessionId } = stage.tunnel
    await vi.waitFor(() => expect(stage.events.map(({ kind }) => kind)).toContain('resumed'), PATIENCE)
    const before = talk.count()
    await vi.waitFor(() => expect(talk.count()).toBeGreaterThan(before + 5), PATIENCE)
    expect([talk.end(), stage.tunnel.sessionId, stage.kinds().includes('failed')]).toEqual([
      undefined,
      sessionId,
      false,
    ])
    talk.stop()
  })

  it.each([
    ['denied', 'session-gone'],
    ['throttled', 'throttled'],
    ['expired', 'credentials-expired'],
  ] as const)(
    'by another refusal (%s): the open socket is left alone, and nothing is told',
    async (openResume, code) => {
      stage = await openAhead({ openResume, clock: { minuteMs: 60_000 } })
      const talk = await converse(stage.tunnel.port)
      await vi.waitFor(() => expect(stage.outcomes.map(({ outcome }) => outcome)).toContain(code), PATIENCE)
      const before = talk.count()
      await vi.waitFor(() => expect(talk.count()).toBeGreaterThan(before + 20), PATIENCE)
      expect([stage.kinds(), talk.end(), opened()]).toEqual([['connecting', 'up'], undefined, 1])
      const keys = openResume === 'expired' ? { kind: 'ended' } : { kind: 'unknown' }
      const denied = openResume === 'denied' ? { isResumeDenied: true } : {}
      await vi.waitFor(() => expect(stage.states.at(-1)).toMatchObject({ keys, ...denied }), PATIENCE)
      talk.stop()
    },
  )
})
