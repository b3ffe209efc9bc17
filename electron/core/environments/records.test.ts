import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRecords } from '../../../e2e/kit/aws/openrecords'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { SessionTicket, StartSessionRequest } from '../../../shared/session'
import { markOf } from '../../../shared/sessionmark'
import { openLedger, type Ledger } from '../ledger/ledger'
import type { EnvironmentService } from './environment'
import { recordSessions } from './records'

let directory: string
let ledger: Ledger
let problems: Error[]
let requests: StartSessionRequest[]
/** What the record on disk says while a call to the service is under way. */
let onDisk: unknown[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-records-'))
  ledger = await openLedger({ directory, door: 'app' })
  problems = []
  requests = []
  onDisk = []
})
afterEach(async () => {
  await ledger.close()
  await rm(directory, { recursive: true, force: true })
})

const { signal } = new AbortController()
const ticket: SessionTicket = { sessionId: 'session-1', streamUrl: 'wss://x', tokenValue: 't' }
const request: StartSessionRequest = { target: 'i-1', documentName: 'SSM-SessionManagerRunShell' } as never

const read = (): Promise<unknown[]> => openRecords(directory)

function service(
  start: () => Promise<SessionTicket> = () => Promise.resolve(ticket),
  end: () => Promise<void> = () => Promise.resolve(),
): EnvironmentService {
  const aws = serviceOf({
    startSession: async (asked) => {
      requests.push(asked)
      onDisk = await read().catch(() => [])
      return start()
    },
    terminateSession: end,
  })
  return recordSessions(aws, {
    environment: { kind: 'aws', profile: 'ops' },
    name: 'ops',
    ledger,
    onProblem: (error) => problems.push(error),
  })
}

const failing = (code: 'access-denied' | 'timeout') => (): Promise<never> =>
  Promise.reject(new AppError(code, 'It failed.'))

test('a session is on disk before it is started, with the mark that it carries, and crossed out once it has ended', async () => {
  const recorded = service()
  await recorded.startSession(request, signal)
  expect(onDisk).toMatchObject([{ target: 'i-1', environment: { profile: 'ops' } }])
  const [entry] = onDisk as { id: string }[]
  expect(requests[0]?.reason).toBe(`[Culvert ${ledger.installation}/${entry?.id}]`)
  expect(await read()).toMatchObject([{ sessionId: 'session-1' }])
  await recorded.terminateSession('session-1', signal)
  expect(await read()).toEqual([])
  expect(problems).toEqual([])
})

test('a reason of the person’s own is kept with the mark behind it, and the mark is found again', async () => {
  for (const reason of ['Ticket 7', 'x'.repeat(256)]) await service().startSession({ ...request, reason }, signal)
  const ids = (onDisk as { id: string }[]).map(({ id }) => id)
  const { installation } = ledger
  const marks = requests.map((asked) => markOf(asked.reason ?? ''))
  expect(marks).toEqual([
    { installation, record: ids[0], text: 'Ticket 7' },
    { installation, record: ids[1], text: expect.stringMatching(/^x{200,}…$/) },
  ])
  expect(ids.map((id) => ledger.byId(id)?.reason)).toEqual(['Ticket 7', 'x'.repeat(256)])
})

test('a start that AWS has refused is forgotten; one whose outcome is unknown stays on record', async () => {
  await expect(service(failing('access-denied')).startSession(request, signal)).rejects.toThrow('It failed.')
  expect(await read()).toEqual([])
  await expect(service(failing('timeout')).startSession(request, signal)).rejects.toThrow('It failed.')
  expect(await read()).toMatchObject([{ target: 'i-1' }])
})

test('a session that may not be ended is crossed out; one that cannot be ended yet stays on record', async () => {
  const start = () => Promise.resolve(ticket)
  const late = service(start, failing('timeout'))
  await late.startSession(request, signal)
  await expect(late.terminateSession('session-1', signal)).rejects.toThrow('It failed.')
  expect(await read()).toMatchObject([{ sessionId: 'session-1' }])
  await expect(service(start, failing('access-denied')).terminateSession('session-1', signal)).rejects.toThrow(
    'It failed.',
  )
  expect(await read()).toEqual([])
})

test('a record that cannot be written is told, and keeps nobody from working', async () => {
  await writeFile(join(directory, 'open-sessions'), 'in the way')
  expect(await service().startSession(request, signal)).toBe(ticket)
  expect(requests[0]?.reason).toBeUndefined()
  expect(problems.map((error) => (error as AppError).code)).toEqual(['data-directory'])
})

test('the end of a session that is on no record is passed on', async () => {
  await service().terminateSession('of-another-program', signal)
  expect(problems).toEqual([])
})

test('the history tells the states, the use and the end of a session, and what it was started with', async () => {
  const recorded = service()
  const about = { type: 'port', endpoint: 'tcp://localhost:80', targetName: 'web-1' } as const
  await recorded.startSession({ target: 'i-1', document: 'AWS-StartPortForwardingSession', about }, signal)
  recorded.noted?.('session-1', { kind: 'state', state: 'active' })
  recorded.noted?.('session-1', { kind: 'facts', facts: { bytesUp: 7 } })
  recorded.noted?.('session-1', { kind: 'state', state: 'canceling' })
  await recorded.terminateSession('session-1', signal)
  expect(requests[0]?.about).toEqual(about)
  expect(ledger.bySession('session-1')).toMatchObject({
    ...about,
    environmentName: 'ops',
    region: 'eu-west-1',
    isAlive: true,
    bytesUp: 7,
    states: ['terminated', 'canceling', 'active', 'pending'].map((state) => ({ state })),
  })
})

test('the account is on record once the identity is known', async () => {
  const aws = serviceOf({
    identity: () => Promise.resolve({ accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/ann' }),
    startSession: () => Promise.resolve(ticket),
  })
  const recorded = recordSessions(aws, {
    environment: { kind: 'aws' },
    name: 'default',
    ledger,
    onProblem: () => undefined,
  })
  await recorded.identity(signal)
  await recorded.startSession({ target: 'i-1' }, signal)
  expect(ledger.bySession('session-1')?.account).toBe('123456789012')
})
