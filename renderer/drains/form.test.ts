import { expect, it } from 'vitest'
import type { Drain, DrainDestination } from '../../shared/model/drain'
import { BLANK_DRAIN, drainFormOf, readDrain, secretsOf, type DrainForm, type SecretName } from './form'

const environment = { kind: 'demo' } as const
const read = (form: DrainForm, stored: readonly SecretName[] = [], others: readonly Drain[] = []) =>
  readDrain(form, { environment, others, stored })

function drainOf(destination: DrainDestination, more: Partial<Drain> = {}): Drain {
  return {
    id: 'd',
    name: 'audit-log',
    environment,
    destination,
    isRaw: false,
    isRequired: true,
    isEnabled: true,
    secrets: [],
    ...more,
  }
}

const destinations: readonly DrainDestination[] = [
  { kind: 'https', url: 'https://logs.example.com/in', headers: { 'X-Team': 'payments' } },
  { kind: 'https', url: 'https://logs.example.com/in' },
  { kind: 'elasticsearch', url: 'https://es:9200', index: 'c-%{yyyy.MM.dd}', isDataStream: false, auth: 'none' },
  { kind: 'elasticsearch', url: 'https://es:9200', index: 'logs', isDataStream: true, auth: 'basic', user: 'elastic' },
  { kind: 'syslog', host: 'syslog', port: 514, isTls: false },
  { kind: 'file', path: '/var/log/a.jsonl', maxMegabytes: 10, keep: 0 },
]

it('gives back every destination as it was saved', () => {
  for (const destination of destinations) {
    const drain = drainOf(destination, { secrets: ['password'] })
    const reading = read(drainFormOf(drain), drain.secrets)
    expect(reading.kind === 'request' ? reading.parameters.destination : reading).toEqual(destination)
    expect(reading.kind === 'request' && reading.parameters.isRequired).toBe(true)
  }
})

it('tells each field what is missing, of its own kind only', () => {
  const problems = (form: Partial<DrainForm>) => {
    const reading = read({ ...BLANK_DRAIN, ...form })
    return reading.kind === 'refused' ? Object.keys(reading.problems).toSorted() : []
  }
  expect(problems({})).toEqual(['name', 'url'])
  expect(problems({ kind: 'elasticsearch', auth: 'basic' })).toEqual(['name', 'password', 'url', 'user'])
  expect(problems({ kind: 'elasticsearch', index: 'A' })).toEqual(['apiKey', 'index', 'name', 'url'])
  expect(problems({ kind: 'syslog', port: '0', ca: 'x' })).toEqual(['ca', 'host', 'name', 'port'])
  expect(problems({ kind: 'syslog', ca: 'x', isTls: false })).toEqual(['host', 'name'])
  expect(problems({ kind: 'file', maxMegabytes: '0', keep: '1.5' })).toEqual(['keep', 'maxMegabytes', 'name', 'path'])
})

it('refuses the name of another drain', () => {
  const form = { ...BLANK_DRAIN, name: ' audit-log ', url: 'https://a' }
  expect(read(form, [], [drainOf({ kind: 'https', url: 'https://b' })])).toMatchObject({
    kind: 'refused',
    problems: { name: 'Another drain is named audit-log. Choose another name.' },
  })
})

it('sends a secret only where it was typed, keeps a stored one, and removes those of another kind', () => {
  const secrets = (form: Partial<DrainForm>, stored: readonly SecretName[] = []) => {
    const reading = read({ ...BLANK_DRAIN, name: 'a', url: 'https://a', ...form }, stored)
    return reading.kind === 'request' ? reading.parameters.secrets : reading.problems
  }
  const typed = (name: SecretName, text: string) => ({
    secrets: { ...BLANK_DRAIN.secrets, [name]: { kind: 'typed', text } as const },
  })
  expect(secrets({})).toEqual({})
  expect(secrets(typed('hmacKey', 'k'))).toEqual({ hmacKey: 'k' })
  expect(secrets({}, ['hmacKey'])).toEqual({})
  const removed = { secrets: { ...BLANK_DRAIN.secrets, hmacKey: { kind: 'removed' } as const } }
  expect(secrets(removed, ['hmacKey'])).toEqual({ hmacKey: '' })
  expect(secrets({ kind: 'elasticsearch' }, ['apiKey', 'authorization'])).toEqual({ authorization: '' })
  expect(secrets({ kind: 'elasticsearch', ...typed('apiKey', '') }, ['apiKey'])).toEqual({
    apiKey: 'Enter the API key.',
  })
  expect(secrets(typed('authorization', 'a\nb'))).toEqual({ authorization: 'A secret is one line.' })
})

it('knows which secrets a destination has', () => {
  expect([secretsOf({ kind: 'https', auth: 'basic' }), secretsOf({ kind: 'elasticsearch', auth: 'basic' })]).toEqual([
    ['authorization', 'hmacKey'],
    ['password'],
  ])
  expect([secretsOf({ kind: 'elasticsearch', auth: 'none' }), secretsOf({ kind: 'file', auth: 'basic' })]).toEqual([
    [],
    [],
  ])
})
