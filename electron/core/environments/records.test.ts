import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { SessionTicket, StartSessionRequest } from '../../../shared/session'
import { openLedger, type Ledger } from '../store/begun'
import type { EnvironmentService } from './environment'
import { isMarked, markedReason, recordSessions } from './records'

let directory: string
let ledger: Ledger
let problems: Error[]
let requests: StartSessionRequest[]
/** What the record on disk says while a call to the service is under way. */
let onDisk: unknown[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-records-'))
  ledger = await openLedger(directory)
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

async function read(): Promise<unknown[]> {
  const { data } = JSON.parse(await readFile(join(directory, 'sessions.json'), 'utf8')) as { data: unknown[] }
  return data
}

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
  return recordSessions(aws, { kind: 'aws', profile: 'ops' }, { ledger, onProblem: (error) => problems.push(error) })
}

const failing = (code: 'access-denied' | 'timeout') => (): Promise<never> =>
  Promise.reject(new AppError(code, 'It failed.'))

test('a session is on disk before it is started, with the mark that it carries, and crossed out once it has ended', async () => {
  const recorded = service()
  await recorded.startSession(request, signal)
  expect(onDisk).toMatchObject([{ target: 'i-1', environment: { profile: 'ops' } }])
  const [entry] = onDisk as { id: string }[]
  expect(requests[0]?.reason).toBe(markedReason(undefined, entry?.id ?? ''))
  expect(await read()).toMatchObject([{ sessionId: 'session-1' }])
  await recorded.terminateSession('session-1', signal)
  expect(await read()).toEqual([])
  expect(problems).toEqual([])
})

test('a reason of the person’s own is kept with the mark behind it, and the mark is found again', async () => {
  for (const reason of ['Ticket 7', 'x'.repeat(256)]) await service().startSession({ ...request, reason }, signal)
  const ids = (onDisk as { id: string }[]).map(({ id }) => id)
  const [short = '', long = ''] = requests.map((asked) => asked.reason)
  expect(short).toBe(`Ticket 7 [Culvert ${ids[0]}]`)
  expect(long).toHaveLength(256)
  expect(long).toMatch(/^x{200,}… \[Culvert /)
  for (const [reason, id = ''] of [
    [short, ids[0]],
    [long, ids[1]],
    [markedReason(undefined, 'a1'), 'a1'],
  ] as const) {
    expect(isMarked(reason, id)).toBe(true)
    expect(isMarked(reason, 'b2')).toBe(false)
  }
  expect(isMarked('Ticket 7', 'a1')).toBe(false)
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
  await rm(directory, { recursive: true, force: true })
  expect(await service().startSession(request, signal)).toBe(ticket)
  expect(requests[0]?.reason).toBeUndefined()
  expect(problems.map((error) => (error as AppError).code)).toEqual(['data-directory'])
})

test('the end of a session that is on no record is passed on', async () => {
  await service().terminateSession('of-another-program', signal)
  expect(problems).toEqual([])
})
