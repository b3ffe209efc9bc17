import { expect, test } from 'vitest'
import { readSession, TTL_PRESETS, typedOf, type TypedSession } from './form'

const of = { cluster: 'shop', service: 'web' }
const blank = typedOf(of)

function problems(change: Partial<TypedSession>): readonly string[] {
  const reading = readSession(of, { ...blank, ...change })
  return reading.kind === 'refused' ? Object.keys(reading.problems) : []
}

test('an empty form asks for the usual session, and a filled one is read back as it was typed', () => {
  expect(readSession(of, blank)).toEqual({ kind: 'fields', fields: of })
  const fields = {
    ...of,
    container: 'app',
    command: 'rails console',
    memoryMiB: 2_048,
    ttlMinutes: 1_500,
    variables: { DEBUG: '1', URL: 'a=b' },
    reason: 'ticket 7',
  }
  expect(readSession(of, typedOf(fields))).toEqual({ kind: 'fields', fields })
})

test('each field says what is wrong with it', () => {
  expect(problems({ memory: 'much' })).toEqual(['memory'])
  expect(problems({ memory: '5' })).toEqual(['memory'])
  expect(problems({ memory: '2048 MB', ttl: '30 d' })).toEqual([])
  expect(problems({ ttl: '31 d' })).toEqual(['ttl'])
  expect(problems({ variables: 'A=1\nB' })).toEqual(['variables'])
  expect(problems({ variables: '1A=1' })).toEqual(['variables'])
  expect(problems({ reason: 'x'.repeat(257), command: 'y'.repeat(4_001) })).toEqual(['command', 'reason'])
})

test('every offered time can be read', () => {
  for (const { text } of TTL_PRESETS) expect(problems({ ttl: text })).toEqual([])
})
