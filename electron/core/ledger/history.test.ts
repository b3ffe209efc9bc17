import { expect, test } from 'vitest'
import { begunLine } from './begun'
import { History, KEPT_MS, MAX_RECORDS } from './history'
import { formatLine, type LedgerLine } from './lines'
import { ownProcess } from './processname'

const session = { environment: { kind: 'demo' }, environmentName: 'Demo', region: 'eu-west-1', target: 'i-1' } as const
const process = ownProcess('command')
const id = '00aa11bb22cc'

const begun = (at: number, record = id): LedgerLine => begunLine(record, session, at)

function statesOf(history: History): string[] | undefined {
  return history.byId(id)?.record.states.map(({ state, at }) => `${state} ${at}`)
}

test('lines are applied in the order of their files, also where the record comes after its states', () => {
  const history = new History()
  history.apply({ k: 'state', id, at: 3, state: 'canceling' }, ownProcess('app'))
  history.apply({ k: 'started', id, at: 2, session: 'ann-1' }, process)
  history.apply(begun(1), process)
  expect(statesOf(history)).toEqual(['pending 1', 'canceling 3'])
  expect([history.idOf('ann-1'), history.byId(id)?.process]).toEqual([id, process])
})

test('lines that come twice, as after a crash of a merge, change nothing', () => {
  const history = new History()
  const lines: LedgerLine[] = [
    begun(1),
    { k: 'state', id, at: 2, state: 'active' },
    { k: 'state', id, at: 3, state: 'resuming' },
    { k: 'state', id, at: 4, state: 'active' },
    { k: 'state', id, at: 5, state: 'terminated' },
  ]
  for (const line of [...lines, ...lines, { k: 'state', id, at: 6, state: 'active' } as const]) {
    history.apply(line, process)
  }
  expect(statesOf(history)).toEqual(['pending 1', 'active 2', 'resuming 3', 'active 4', 'terminated 5'])
})

test('a session that is resumed day and night keeps its first state and the newest ones', () => {
  const history = new History()
  history.apply(begun(1), process)
  for (let at = 2; at < 500; at += 1) {
    history.apply({ k: 'state', id, at, state: at % 2 === 0 ? 'active' : 'resuming' }, process)
  }
  const states = statesOf(history) ?? []
  expect([states.length, states[0], states.at(-1)]).toEqual([200, 'pending 1', 'resuming 499'])
})

test('a merged line is parsed when its record is asked for, and dropped and counted where it is broken', () => {
  const history = new History()
  history.apply(begun(1), process)
  const record = history.byId(id)?.record
  if (record === undefined) throw new Error('it is not there')
  const good = formatLine({ ...record, session: 'ann-1' }).trimEnd()
  const other = new History()
  expect(other.take(good, undefined)).toBe(id)
  expect(other.take(good.replace(id, 'ffffffffffff').replace('"Demo"', '7'), undefined)).toBe('ffffffffffff')
  expect([other.size, other.broken]).toEqual([2, 0])
  expect(other.byId('ffffffffffff')).toBeUndefined()
  expect([other.size, other.broken, other.idOf('ann-1')]).toEqual([1, 1, undefined])
  expect(other.byId(id)?.process).toBeUndefined()
})

test('the records since a time come newest first', () => {
  const history = new History()
  for (const at of [3, 1, 2]) history.apply(begun(at, `${at}`.padStart(12, '0')), process)
  expect(history.ids().map(Number)).toEqual([3, 2, 1])
  expect(history.ids(2).map(Number)).toEqual([3, 2])
  expect(history.ids(9)).toEqual([])
})

test('the oldest records go: those of 30 days, and those beyond 100,000', () => {
  const history = new History()
  for (let count = 0; count < MAX_RECORDS + 10; count += 1) {
    const record = count.toString(16).padStart(12, '0')
    history.take(`{"k":"whole","id":"${record}","at":${1_000 + count},"pid":7}`, undefined)
  }
  expect([history.prune(1_000), history.size]).toEqual([10, MAX_RECORDS])
  expect(history.ids().at(-1)).toBe('00000000000a')
  expect(history.prune(1_000 + KEPT_MS + 20)).toBe(10)
})

test('lines whose record never comes are dropped, and at most 10,000 of them wait for it', () => {
  const bytesUp = (isSettled: boolean): number | undefined => {
    const history = new History()
    for (let at = 0; at < 12_000; at += 1) history.apply({ k: 'facts', id, at, bytesUp: at }, process)
    if (isSettled) history.settle()
    history.apply(begun(1), process)
    return history.byId(id)?.record.bytesUp
  }
  expect([bytesUp(true), bytesUp(false)]).toEqual([undefined, 9_999])
})

test('a process that runs for months holds no more records than a start reads', () => {
  const history = new History(100)
  for (let at = 1; at <= 1_000; at += 1) {
    history.apply(begun(at, at.toString(16).padStart(12, '0')), process)
    expect(history.size).toBeLessThanOrEqual(110)
  }
  expect([history.ids().length >= 100, history.ids()[0]]).toEqual([true, '0000000003e8'])
})
