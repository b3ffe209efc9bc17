import { expect, test } from 'vitest'
import { formatLine, headOf, parseLine, type LedgerLine, type WholeLine } from './lines'

const whole: WholeLine = {
  k: 'whole',
  id: '00aa11bb22cc',
  at: 1_000,
  session: 'ann-1',
  pid: 7,
  environment: { kind: 'aws', profile: 'ops', region: 'eu-west-1' },
  environmentName: 'ops',
  region: 'eu-west-1',
  target: 'i-1',
  type: 'shell',
  reason: 'Ticket "7"\nand more',
  states: [{ state: 'pending', at: 1_000 }],
}
const { session: _, ...withoutSession } = whole

test.each<LedgerLine>([
  whole,
  withoutSession,
  { k: 'started', id: '00aa11bb22cc', at: 1, session: 'ann-1' },
  { k: 'state', id: '00aa11bb22cc', at: 1, state: 'resuming' },
  { k: 'facts', id: '00aa11bb22cc', at: 1, bytesUp: 7, localAddress: '127.0.0.1:80' },
  { k: 'refused', id: '00aa11bb22cc', at: 1 },
  { k: 'let-go', id: '00aa11bb22cc', at: 1 },
])('$k is read as it was written, on one line', (line) => {
  const written = formatLine(line)
  expect(written.indexOf('\n')).toBe(written.length - 1)
  expect(parseLine(written.trimEnd())).toEqual(line)
})

test('the beginning of a whole line is read without the rest, in whichever order its fields were given', () => {
  const { k, id, ...rest } = whole
  const head = { id: '00aa11bb22cc', at: 1_000, session: 'ann-1' }
  expect(headOf(formatLine({ ...rest, id, k }).trimEnd())).toEqual(head)
  expect(headOf(formatLine(withoutSession).trimEnd())).toEqual({ ...head, session: undefined })
})

test.each([
  '',
  'no JSON',
  '[]',
  '{"k":"whole"}',
  '{"k":"state","id":"00aa11bb22cc","at":1,"state":"asleep"}',
  '{"k":"started","id":"../../etc","at":1,"session":"ann-1"}',
  `{"k":"started","id":"00aa11bb22cc","at":1,"session":"${'x'.repeat(30_000)}"}`,
])('what is no line of a ledger is not read: %.60s', (text) => {
  expect([parseLine(text), headOf(text)]).toEqual([undefined, undefined])
})

test('the beginning of a line that was cut off is not enough', () => {
  expect(headOf(formatLine(whole).slice(0, -20))).toBeUndefined()
})
