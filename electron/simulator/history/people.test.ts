import { expect, test } from 'vitest'
import { Dice } from '../faults/dice'
import { SessionHistory } from './history'
import { roleIdentity } from '../iam/identity'
import { ON_CALL, demoOwners } from './owners'
import { OtherPeople } from './people'

function stage() {
  const clock = { now: Date.UTC(2026, 10, 29) }
  const history = new SessionHistory()
  const dice = new Dice(7)
  const owners = demoOwners('111122223333', roleIdentity('111122223333', 'CulvertDemo', 'demo-operator'))
  const targets = ['i-1', 'i-2']
  const people = new OtherPeople({
    cast: { owners, targets, dice },
    dice,
    history,
    now: () => clock.now,
    targets: () => targets,
  })
  const pass = (minutes: number, look: () => void = () => undefined) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.now += 60_000
      people.minute()
      look()
    }
  }
  return { clock, history, people, pass }
}

test('a few sessions are always active, and one of them is of the people on call', () => {
  const { people, pass } = stage()
  const seen = new Set<string>()
  const look = () => {
    expect(people.active.length).toBeGreaterThanOrEqual(2)
    expect(people.active.length).toBeLessThanOrEqual(6)
    expect(people.active.filter(({ owner }) => owner.sessionPrefix === ON_CALL).length).toBe(1)
    for (const { owner } of people.active) seen.add(owner.sessionPrefix)
  }
  look()
  pass(600, look)
  expect(seen.size).toBe(6)
})

test('sessions that end are in the history with their end, and just-in-time access ends after its hour', () => {
  const { clock, history, people, pass } = stage()
  const beganAt = clock.now
  pass(3_000)
  const ended = history.ended(clock.now).map(({ session }) => session)
  expect(ended.length).toBeGreaterThan(20)
  const active = new Set(people.active.map(({ id }) => id))
  for (const session of ended) {
    expect(session).toMatchObject({ status: 'Terminated' })
    expect(session.endedAt).toBeGreaterThan(session.startedAt)
    expect(active.has(session.id)).toBe(false)
  }
  const limited = ended.filter(({ accessType, startedAt }) => accessType === 'JustInTime' && startedAt > beganAt)
  expect(limited.length).toBeGreaterThan(5)
  for (const { startedAt, endedAt } of limited) expect(endedAt! - startedAt).toBeLessThanOrEqual(60 * 60_000)
})

test('a session is ended once, by name or with its instance', () => {
  const { clock, history, people } = stage()
  const [first] = people.active
  expect([people.terminate(first!.id), people.terminate(first!.id), people.terminate('no-such')]).toEqual([
    true,
    false,
    false,
  ])
  const count = people.active.filter(({ target }) => target === 'i-1').length
  people.lose('i-1')
  expect(people.active.some(({ target }) => target === 'i-1')).toBe(false)
  expect(history.ended(clock.now)).toHaveLength(1 + count)
})
