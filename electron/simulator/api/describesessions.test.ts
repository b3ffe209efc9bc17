// DescribeSessions by the client of the SDK: filters, pages, throttling, sessions of others.

import {
  DescribeSessionsCommand,
  GetDocumentCommand,
  StartSessionCommand,
  TerminateSessionCommand,
  SSMClient,
  type DescribeSessionsCommandInput,
  type Session,
  type SessionFilter,
} from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'
import { clientOptions, rejected } from './api.kit'

const DAY_MS = 86_400_000

let simulator: Simulator
let ssm: SSMClient

async function begin(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator(options)
  ssm = new SSMClient(clientOptions(simulator))
}

afterEach(async () => {
  ssm.destroy()
  await simulator[Symbol.asyncDispose]()
})

const ask = (input: Partial<DescribeSessionsCommandInput> = {}) =>
  ssm.send(new DescribeSessionsCommand({ State: 'History', ...input }))
const by = (...Filters: SessionFilter[]) => ask({ Filters })

async function everyPage(input: Partial<DescribeSessionsCommandInput> = {}) {
  const pages: Session[][] = []
  let NextToken: string | undefined
  do {
    const page = await ask({ ...input, ...(NextToken === undefined ? {} : { NextToken }) })
    pages.push(page.Sessions ?? [])
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return pages
}

const idsOf = (sessions: readonly Session[]) => sessions.map(({ SessionId }) => SessionId)
const startOf = ({ StartDate }: Session) => StartDate?.getTime() ?? 0

describe('the history', () => {
  test('comes in pages that end, each session once, in no order of time, and is the same at every start', async () => {
    await begin({ sessions: 450 })
    const pages = await everyPage({ MaxResults: 200 })
    expect(pages.map(({ length }) => length)).toEqual([200, 200, 50])
    const all = pages.flat()
    expect(new Set(idsOf(all)).size).toBe(450)
    const starts = all.map(startOf)
    expect(starts).not.toEqual([...starts].sort((a, b) => a - b))
    expect(starts).not.toEqual([...starts].sort((a, b) => b - a))
    expect(Math.min(...starts)).toBeGreaterThan(Date.now() - 30 * DAY_MS - 60_000)
    for (const { EndDate, StartDate, Status } of all) {
      expect(EndDate!.getTime()).toBeGreaterThanOrEqual(StartDate!.getTime())
      expect(['Terminated', 'Failed']).toContain(Status)
    }
    expect((await ask()).Sessions).toHaveLength(50)
    await using other = await startSimulator({ sessions: 450 })
    const client = new SSMClient(clientOptions(other))
    const { Sessions } = await client.send(new DescribeSessionsCommand({ State: 'History', MaxResults: 200 }))
    client.destroy()
    expect(idsOf(Sessions ?? [])).toEqual(idsOf(pages[0] ?? []))
  })

  test('is filtered by every key of AWS, and by several at once', async () => {
    await begin({ sessions: 450 })
    const all = (await everyPage({ MaxResults: 200 })).flat()
    const [some] = all
    const middle = new Date(startOf(some!)).toISOString()
    const expectSame = async (filters: SessionFilter[], isFit: (session: Session) => boolean) => {
      const found = (await everyPage({ Filters: filters, MaxResults: 7 })).flat()
      expect(idsOf(found)).toEqual(idsOf(all.filter(isFit)))
      expect(found.length).toBeGreaterThan(0)
    }
    await expectSame([{ key: 'Target', value: some!.Target! }], ({ Target }) => Target === some!.Target)
    await expectSame([{ key: 'Owner', value: some!.Owner! }], ({ Owner }) => Owner === some!.Owner)
    await expectSame([{ key: 'Status', value: 'Failed' }], ({ Status }) => Status === 'Failed')
    await expectSame([{ key: 'AccessType', value: 'JustInTime' }], ({ AccessType }) => AccessType === 'JustInTime')
    await expectSame([{ key: 'SessionId', value: some!.SessionId! }], ({ SessionId }) => SessionId === some!.SessionId)
    await expectSame([{ key: 'InvokedAfter', value: middle }], (each) => startOf(each) >= startOf(some!))
    await expectSame([{ key: 'InvokedBefore', value: middle }], (each) => startOf(each) < startOf(some!))
    await expectSame(
      [
        { key: 'InvokedAfter', value: middle },
        { key: 'Owner', value: some!.Owner! },
      ],
      (each) => startOf(each) >= startOf(some!) && each.Owner === some!.Owner,
    )
    // No ended session is connected: that is an empty answer, not a refusal.
    expect((await by({ key: 'Status', value: 'Connected' })).Sessions).toEqual([])
  })

  test('may hide sessions of roles from the filter Owner, and may give empty pages that have a token', async () => {
    await begin({ sessions: 60, describing: { findsRoles: false, hasEmptyPages: true } })
    const all = (await everyPage()).flat()
    const role = all.find(({ Owner }) => Owner?.includes(':assumed-role/'))
    const user = all.find(({ Owner }) => Owner?.includes(':user/'))
    const owned = (value: string) => everyPage({ MaxResults: 2, Filters: [{ key: 'Owner', value }] })
    expect((await owned(role!.Owner!)).flat()).toEqual([])
    const pages = await owned(user!.Owner!)
    expect(pages).toHaveLength(30)
    expect(pages.some(({ length }) => length === 0)).toBe(true)
    expect(pages.flat()).toEqual(all.filter(({ Owner }) => Owner === user!.Owner))
  })
})

test.each<[string, Partial<DescribeSessionsCommandInput>, string, RegExp]>([
  ['an unknown key', { Filters: [{ key: 'Nonsense' as never, value: 'x' }] }, 'InvalidFilterKey', /Nonsense/],
  ['a date in words', { Filters: [{ key: 'InvokedAfter', value: 'yesterday' }] }, 'ValidationException', /ISO 8601/],
  [
    'a date that is none',
    { Filters: [{ key: 'InvokedBefore', value: '2026-13-45T99:00:00Z' }] },
    'ValidationException',
    /ISO/,
  ],
  ['an unknown status', { Filters: [{ key: 'Status', value: 'active' }] }, 'ValidationException', /Connected, /],
  [
    'an unknown access type',
    { Filters: [{ key: 'AccessType', value: 'standard' }] },
    'ValidationException',
    /Standard/,
  ],
  ['a long id', { Filters: [{ key: 'SessionId', value: 'x'.repeat(97) }] }, 'ValidationException', /96/],
  [
    'a key that is given twice',
    {
      Filters: [
        { key: 'Target', value: 'i-1' },
        { key: 'Target', value: 'i-2' },
      ],
    },
    'ValidationException',
    /more than once/,
  ],
  ['no filter in a list', { Filters: [] }, 'ValidationException', /./],
  ['an empty value', { Filters: [{ key: 'Owner', value: '' }] }, 'ValidationException', /./],
  ['a page of none', { MaxResults: 0 }, 'ValidationException', /./],
  ['a page of 201', { MaxResults: 201 }, 'ValidationException', /./],
  ['an unknown state', { State: 'All' as never }, 'ValidationException', /./],
  ['a token that was made up', { NextToken: 'made-up' }, 'InvalidNextToken', /./],
])('refuses %s', async (_, input, name, words) => {
  await begin()
  expect(await rejected(ask(input))).toMatchObject({ name, status: 400, message: expect.stringMatching(words) })
})

test('a token is good for its own request only', async () => {
  await begin({ sessions: 10 })
  const { NextToken } = await ask({ MaxResults: 2 })
  expect((await ask({ MaxResults: 5, NextToken })).Sessions).toHaveLength(5)
  expect(await rejected(ask({ State: 'Active', NextToken }))).toMatchObject({ name: 'InvalidNextToken' })
  const Filters: SessionFilter[] = [{ key: 'Status', value: 'Failed' }]
  expect(await rejected(ask({ Filters, NextToken }))).toMatchObject({ name: 'InvalidNextToken' })
})

test('calls above the rate are throttled, and no other operation is', async () => {
  await begin({ describing: { rate: { perSecond: 0.001, burst: 2 } } })
  await ask()
  await ask()
  expect(await rejected(ask())).toMatchObject({ name: 'ThrottlingException', status: 400 })
  await ssm.send(new StartSessionCommand({ Target: simulator.world.instances[0]!.id }))
})

test.each([0, 3_600_000])(
  'sessions of other people end as TerminateSession says, %i ms after it',
  async (terminatingMs) => {
    await begin({ hasOtherPeople: true, clock: { minuteMs: 3_600_000 }, terminatingMs })
    const active = (await ask({ State: 'Active' })).Sessions ?? []
    expect(active.length).toBeGreaterThanOrEqual(3)
    expect((await everyPage()).flat().length).toBeGreaterThan(50)
    const { SessionId } = active[0]!
    const Filters: SessionFilter[] = [{ key: 'SessionId', value: SessionId! }]
    expect(await ssm.send(new TerminateSessionCommand({ SessionId }))).toMatchObject({ SessionId })
    const [closing] = (await ask({ State: 'Active', Filters })).Sessions ?? []
    const [ended] = (await by(...Filters)).Sessions ?? []
    const isOver = terminatingMs === 0
    expect([closing?.Status, closing?.EndDate]).toEqual([isOver ? undefined : 'Terminating', undefined])
    expect([ended?.Status, ended?.EndDate]).toEqual(isOver ? ['Terminated', expect.any(Date)] : [undefined, undefined])
    // A session that has ended is known still, so ending it again is no error.
    expect(await ssm.send(new TerminateSessionCommand({ SessionId }))).toMatchObject({ SessionId })
  },
)

test('the owner of a policy counts for sessions of other people too', async () => {
  await begin({
    hasOtherPeople: true,
    clock: { minuteMs: 3_600_000 },
    policies: {
      CulvertDemo: [
        { effect: 'allow', actions: ['ssm:DescribeSessions', 'ssm:StartSession'] },
        { effect: 'allow', actions: ['ssm:*'], resources: ['arn:aws:ssm:*:*:session/${aws:userid}-*'] },
      ],
    },
  })
  const active = (await ask({ State: 'Active' })).Sessions ?? []
  const isOwn = ({ Owner }: Session) => Owner?.endsWith(':assumed-role/CulvertDemo/demo-operator')
  const others = active.find((session) => !isOwn(session))
  const end = (SessionId: string | undefined) => ssm.send(new TerminateSessionCommand({ SessionId }))
  expect(await rejected(end(others?.SessionId))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`:session/${others?.SessionId}`),
  })
  const own = await ssm.send(new StartSessionCommand({ Target: simulator.world.instances[0]!.id }))
  await end(own.SessionId)
  // One that the same caller has started on another computer.
  await end(active.find(isOwn)?.SessionId)
})

test('logs of the preferences are in their document, and in OutputUrl where asked', async () => {
  const logging = { s3BucketName: 'audit', s3KeyPrefix: 'ssm', cloudWatchLogGroupName: '/ssm/sessions' }
  await begin({ logging, sessions: 1, describing: { hasOutputUrl: true } })
  const { Content } = await ssm.send(new GetDocumentCommand({ Name: 'SSM-SessionManagerRunShell' }))
  expect(JSON.parse(Content ?? '')).toMatchObject({ inputs: logging })
  const [session] = (await ask()).Sessions ?? []
  const { S3OutputUrl, CloudWatchOutputUrl } = session?.OutputUrl ?? {}
  expect(S3OutputUrl).toContain(`/audit?region=eu-west-1&prefix=ssm%2F${encodeURIComponent(session!.SessionId!)}.log`)
  expect(CloudWatchOutputUrl).toContain('group=%2Fssm%2Fsessions;stream=')
})
