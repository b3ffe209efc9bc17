// `culvert sessions` on an environment over a simulator: what each option lists, reads and ends.

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import { AppError } from '../../../shared/errors'
import { ON_CALL } from '../../simulator/history/owners'
import { parseCommandLine, type Arguments } from '../arguments'
import type { Command } from '../context'
import { Sink } from '../sink'
import { sessionsList, sessionsRead } from './sessions'
import { sessionsCancel } from './sessionscancel'
import { openKnown } from './sessionsload'

const signal = new AbortController().signal
const DEMO = 'arn:aws:sts::111122223333:assumed-role/CulvertDemo/demo-operator'

let stage: Stage
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'culvert-sessions-'))
  stage = await openStage({
    hasOtherPeople: true,
    sessions: 300,
    clock: { minuteMs: 3_600_000 },
    policies: {
      CulvertDemo: [
        { effect: 'allow', actions: ['*'] },
        { effect: 'deny', actions: ['ssm:TerminateSession'], resources: [`arn:aws:ssm:*:*:session/${ON_CALL}-*`] },
      ],
    },
    logging: { s3BucketName: 'audit' },
  })
})
afterEach(() => stage.simulator.faults.clear())
afterAll(async () => {
  await stage.close()
  await rm(folder, { recursive: true })
})

function argsOf(words: readonly string[]): Arguments {
  const invocation = parseCommandLine(['sessions', ...words])
  if (invocation.kind !== 'run') throw new Error(invocation.kind)
  return invocation.args
}

async function run(command: Command, ...words: string[]) {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const told = Promise.all([text(out), text(err)])
  const status = await command({
    environment: stage.environment,
    dataDirectory: path.join(folder, 'none'),
    args: argsOf(words),
    stdin: new PassThrough(),
    stdout: new Sink(out, () => undefined),
    stderr: new Sink(err, () => undefined),
    keyboard: undefined,
    screen: undefined,
    isPiped: false,
    signal,
  }).finally(() => {
    out.end()
    err.end()
  })
  const [printed, said] = await told
  return { status, printed, said }
}

interface Row {
  readonly id: string
  readonly state: string
  readonly holder: string
  readonly owner: string
  readonly target: string
  readonly startAt: string
  readonly endAt?: string
}

async function list(...words: string[]): Promise<Row[]> {
  const { status, printed, said } = await run(sessionsList, 'list', '--json', ...words)
  expect([status, said]).toEqual([0, ''])
  return JSON.parse(printed) as Row[]
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? `${error.code}: ${error.message}` : String(error)),
  )

describe('list', () => {
  test('tells what is active and what ended in the last day, newest first', async () => {
    const rows = await list()
    const starts = rows.map(({ startAt }) => startAt)
    expect(starts).toEqual([...starts].sort().reverse())
    const ended = rows.filter(({ state }) => state === 'terminated')
    expect([rows.length - ended.length, ended.length > 50]).toEqual([4, true])
    const dayAgo = Date.now() - 86_400_000
    expect(ended.every(({ endAt = '' }) => Date.parse(endAt) >= dayAgo)).toBe(true)
    expect(new Set((await list('--active')).map(({ id }) => id))).toEqual(
      new Set(rows.flatMap(({ state, id }) => (state === 'terminated' ? [] : [id]))),
    )
    expect(new Set((await list('--history')).map(({ id }) => id))).toEqual(new Set(ended.map(({ id }) => id)))
  })

  test('tells older sessions on demand, by owner, target and whose they are', async () => {
    const month = await list('--history', '--since', '30d')
    expect(month.length).toBeGreaterThan(300)
    const { target } = month[0]!
    const same = (rows: readonly Row[], isFit: (row: Row) => boolean) =>
      expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(month.filter(isFit).map(({ id }) => id)))
    same(await list('--history', '--since', '30d', '--target', target), (row) => row.target === target)
    same(await list('--history', '--since', '30d', '--owner', 'deploy-bot'), ({ owner }) =>
      owner.endsWith('user/deploy-bot'),
    )
    same(await list('--history', '--since', '30d', '--mine'), ({ owner }) => owner === DEMO)
    expect((await list('--active', '--mine')).map(({ holder, owner }) => [holder, owner])).toEqual([
      ['another-computer', DEMO],
    ])
  })

  test.each([
    [['--active', '--history'], 'exclude each other'],
    [['--mine', '--owner', 'x'], 'exclude each other'],
    [['--active', '--since', '2h'], '--since is for ended sessions'],
    [['--since', '3w'], '--since takes a time such as 30m, 2h or 7d, up to 30d, not "3w"'],
    [['--since', '31d'], 'up to 30d'],
    [['--since', '0h'], 'up to 30d'],
  ])('%j is a usage error', async (words, why) => {
    expect(await codeOf(run(sessionsList, 'list', ...words))).toMatch(/^usage: /)
    expect(await codeOf(run(sessionsList, 'list', ...words))).toContain(why)
  })

  test('says that AWS throttles, and asks for the same page again', async () => {
    stage.simulator.faults.apply({ kind: 'api-error', operation: 'DescribeSessions', code: 'ThrottlingException' })
    const said: string[] = []
    const waits: number[] = []
    await using known = await openKnown({
      environment: stage.environment,
      args: argsOf(['list']),
      dataDirectory: path.join(folder, 'none'),
      signal,
      tell: (line) => said.push(line),
      pause: (ms) => {
        waits.push(ms)
        if (waits.length === 2) stage.simulator.faults.clear()
        return Promise.resolve()
      },
    })
    let count = 0
    await known.pages({ state: 'Active' }, (sessions) => (count += sessions.length))
    expect([count, waits.map((ms) => Math.ceil(ms / 1_000))]).toEqual([4, [5, 10]])
    expect(said[0]).toMatch(/Asking again in 5 s\.$/)
  })
})

test('read tells a session of others as AWS knows it, with the logs of the account', async () => {
  const [onCall] = await list('--active', '--owner', ON_CALL)
  const { printed } = await run(sessionsRead, 'read', onCall!.id)
  expect(printed).toMatch(
    new RegExp(`^Session information:\\n {2}ID: +${onCall!.id}\\n {2}Type: +shell\\n {2}Status: +active\\n`),
  )
  expect(printed).toMatch(/\n\n {2}Logs: +\(where the account logs\)\n {4}S3: +https:\S+audit\S+\n/)
  expect(printed).toMatch(/\n\n {2}States: +\(as AWS knows them\)\n {4}Start Time: +\S+\n {4}Status: +active\n$/)
  const { printed: json } = await run(sessionsRead, 'read', onCall!.id, '--json')
  expect(JSON.parse(json)).toMatchObject({
    id: onCall!.id,
    isRecorded: false,
    states: [{ state: 'active', startAt: onCall!.startAt }],
  })
  expect(await codeOf(run(sessionsRead, 'read', 'no-such'))).toMatch(/^session-gone: .* 30 days/)
  for (const id of ['', 'x'.repeat(97)])
    expect(await codeOf(run(sessionsRead, 'read', id))).toMatch(/^usage: .* 1 to 96 /)
})

describe('cancel', () => {
  test.each([
    [[], 'takes ids of sessions, or --mine, or --left-over'],
    [['--mine', '--left-over'], 'takes ids'],
    [['--mine', 'x'], 'takes ids'],
    [['--mine'], 'run it in a terminal, or add --yes'],
    [['--yes', 'no-such', ''], 'has 1 to 96 characters'],
    [['--yes', 'no-such', 'x'.repeat(97)], 'has 1 to 96 characters'],
  ])('%j is a usage error', async (words, why) => {
    expect(await codeOf(run(sessionsCancel, 'cancel', ...words))).toContain(why)
  })

  test('ends what it may, names the missing permission, and knows what has ended', async () => {
    const active = await list('--active')
    const onCall = active.find(({ owner }) => owner.endsWith(ON_CALL))!
    const some = active.find(({ holder, id }) => holder === 'others' && id !== onCall.id)!
    const { status, printed, said } = await run(sessionsCancel, 'cancel', '--yes', some.id, onCall.id, 'no-such')
    expect(status).toBe(1)
    expect(printed).toMatch(new RegExp(`^Session information:\\n {2}ID: +${some.id}\\n {4}Status: +terminated\\n`))
    expect(printed).not.toContain(onCall.id)
    const [refused, gone] = said.split('\n')
    expect(refused).toContain(`ssm:TerminateSession on arn:aws:ssm:eu-west-1:111122223333:session/${onCall.id}.`)
    expect(refused).toMatch(/^culvert: access-denied: /)
    expect(gone).toMatch(/^culvert: session-gone: AWS does not know the session no-such/)
    expect((await list('--active')).map(({ id }) => id)).not.toContain(some.id)
    const again = await run(sessionsCancel, 'cancel', '--yes', '--json', some.id)
    expect([again.status, JSON.parse(again.printed)]).toEqual([0, { id: some.id, state: 'terminated' }])
    expect((await run(sessionsCancel, 'cancel', '--yes', '--json', onCall.id)).printed).toMatch(
      /^\{"id":"on-call-\w+","state":"active","error":\{"code":"access-denied","message":".*"\}\}\n$/,
    )
  })

  test('of a person who may not list sessions, ends those that are named, and says what it does not know', async () => {
    const active = await list('--active')
    const some = active.find(({ holder, owner }) => holder === 'others' && !owner.endsWith(ON_CALL))
    stage.simulator.faults.apply({
      kind: 'api-error',
      operation: 'DescribeSessions',
      code: 'AccessDeniedException',
      status: 400,
    })
    const { status, printed, said } = await run(sessionsCancel, 'cancel', '--yes', some!.id)
    expect([status, printed]).toEqual([
      1,
      expect.stringMatching(new RegExp(`^Session information:\\n {2}ID: +${some!.id}\\n {4}Status: +canceling\\n`)),
    ])
    expect(said).toContain('ssm:DescribeSessions')
    expect(said).toContain(`AWS has taken the request to end ${some!.id}`)
    await expect(run(sessionsCancel, 'cancel', '--yes', '--mine')).rejects.toMatchObject({ code: 'access-denied' })
    stage.simulator.faults.clear()
    expect((await list('--active')).map(({ id }) => id)).not.toContain(some!.id)
  })

  test('--left-over ends nothing of another computer, --mine does, and without any there is nothing to end', async () => {
    expect(await run(sessionsCancel, 'cancel', '--yes', '--left-over')).toEqual({
      status: 0,
      printed: '',
      said: 'culvert: There is no such session to end.\n',
    })
    const [mine] = await list('--active', '--mine')
    const { printed } = await run(sessionsCancel, 'cancel', '--yes', '--mine', '--json')
    expect(JSON.parse(printed)).toEqual({ id: mine!.id, state: 'terminated' })
    expect(await list('--active', '--mine')).toEqual([])
  })
})

test('no command makes a data directory', async () => {
  expect(await readdir(folder)).toEqual([])
})
