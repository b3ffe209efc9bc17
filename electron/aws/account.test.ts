// An account against a stand-in of AWS: sessions, identity, upgrades, and what is refused.

import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../simulator/simulator'
import { openAccount } from './account'
import { callerIdentity, jsonError, startedSession } from '../../e2e/kit/aws/awsstandin'
import { folder, never, opened, stageAccounts } from './account.kit'

stageAccounts()

describe('a session', () => {
  test('is started with target, document, parameters and reason, and its ticket returned', async () => {
    const [account, standIn] = await opened(() => startedSession)
    const ticket = await account.startSession(
      { target: 'i-1', document: 'AWS-StartSSHSession', parameters: { portNumber: ['22'] }, reason: 'ticket 7' },
      never,
    )
    expect(ticket).toEqual({
      sessionId: 'ann-0123456789abcdef0',
      streamUrl: 'wss://ssmmessages.eu-central-1.amazonaws.com/v1/x',
      tokenValue: 'secret',
    })
    expect(standIn.asked.map(({ action, input, accessKeyId }) => [action, input, accessKeyId])).toEqual([
      [
        'StartSession',
        { Target: 'i-1', DocumentName: 'AWS-StartSSHSession', Parameters: { portNumber: ['22'] }, Reason: 'ticket 7' },
        'AKID',
      ],
    ])
    expect(standIn.asked[0]!.headers['x-amz-security-token']).toBe('token')
  })

  test('is asked for by target alone when nothing else is given', async () => {
    const [account, standIn] = await opened(() => startedSession)
    await account.startSession({ target: 'i-1' }, never)
    expect(standIn.asked[0]!.input).toEqual({ Target: 'i-1' })
  })

  test('resumed gives the new URL and token', async () => {
    const [account] = await opened(() => ({ json: { SessionId: 's', StreamUrl: 'wss://new/x', TokenValue: 'new' } }))
    expect(await account.resumeSession('s', never)).toEqual({
      sessionId: 's',
      streamUrl: 'wss://new/x',
      tokenValue: 'new',
    })
  })

  test('resumed without a token is gone', async () => {
    const [account] = await opened(() => ({ json: { SessionId: 's', StreamUrl: 'wss://new/x' } }))
    await expect(account.resumeSession('s', never)).rejects.toMatchObject({ code: 'session-gone' })
    const [other] = await opened(() => jsonError('DoesNotExistException'))
    await expect(other.resumeSession('s', never)).rejects.toMatchObject({ code: 'session-gone' })
  })

  test('that does not exist counts as terminated', async () => {
    const [account] = await opened(() => jsonError('DoesNotExistException'))
    await expect(account.terminateSession('s', never)).resolves.toBeUndefined()
    const [denied] = await opened(() => jsonError('AccessDeniedException'))
    await expect(denied.terminateSession('s', never)).rejects.toMatchObject({ code: 'access-denied' })
  })
})

describe('the active sessions of a target', () => {
  test('are those of every page, with their reasons', async () => {
    const [account, standIn] = await opened(({ input }) =>
      input['NextToken'] === undefined
        ? { json: { Sessions: [{ SessionId: 'ann-1', Reason: 'Culvert 0a1b2c3d4e5f' }], NextToken: 'more' } }
        : { json: { Sessions: [{ SessionId: 'bob-2' }, {}] } },
    )
    expect(await account.activeSessions('i-1', never)).toEqual([
      { sessionId: 'ann-1', reason: 'Culvert 0a1b2c3d4e5f' },
      { sessionId: 'bob-2', reason: '' },
    ])
    const asked = { State: 'Active', Filters: [{ key: 'Target', value: 'i-1' }], MaxResults: 200 }
    expect(standIn.asked.map(({ action, input }) => [action, input])).toEqual([
      ['DescribeSessions', asked],
      ['DescribeSessions', { ...asked, NextToken: 'more' }],
    ])
  })

  test('are those of the first page where the service repeats it, and none has a longer text than it can have', async () => {
    const long = 'x'.repeat(100_000)
    const [account] = await opened(() => ({
      json: { Sessions: [{ SessionId: 'ann-1', Reason: long }, { SessionId: long }], NextToken: 'again' },
    }))
    const sessions = await account.activeSessions('i-1', never)
    expect(sessions.map(({ sessionId, reason }) => [sessionId, reason.length])).toEqual([
      ['ann-1', 256],
      ['ann-1', 256],
    ])
  })

  test('are access-denied where the caller may not ask', async () => {
    const [account] = await opened(() => jsonError('AccessDeniedException', 'not authorized'))
    await expect(account.activeSessions('i-1', never)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('ssm:DescribeSessions'),
    })
  })

  test('in a simulator are those that were started and not ended, with the reasons that they were given', async () => {
    const simulator = await startSimulator({ port: 0 })
    onTestFinished(() => simulator[Symbol.asyncDispose]())
    const account = await openAccount({ ...simulator, env: {} })
    onTestFinished(() => account[Symbol.asyncDispose]())
    const { instances, notices } = await account.listInstances(never)
    const online = instances.filter(({ agent }) => agent.kind === 'online')
    expect(notices).toEqual([])
    expect(instances.find(({ kind }) => kind === 'hybrid')?.tags).toMatchObject({
      Env: 'production',
      Team: 'logistics',
    })
    const [target, other] = online.map(({ id }) => id)
    const kept = await account.startSession({ target: target!, reason: 'Culvert 0a1b2c3d4e5f' }, never)
    const ended = await account.startSession({ target: target!, reason: 'Culvert ffffffffffff' }, never)
    await account.startSession({ target: other! }, never)
    await account.terminateSession(ended.sessionId, never)
    expect(await account.activeSessions(target!, never)).toEqual([
      { sessionId: kept.sessionId, reason: 'Culvert 0a1b2c3d4e5f' },
    ])
  })
})

test('the identity is the one that STS names', async () => {
  const [account] = await opened(() => callerIdentity)
  expect(await account.identity(never)).toEqual({
    accountId: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/dev/ann',
  })
})

test('a session whose id, URL or token is of no possible length is not taken', async () => {
  const long = 'x'.repeat(20_000)
  for (const odd of [{ SessionId: long }, { StreamUrl: `wss://${long}` }, { TokenValue: long }]) {
    const json = { ...(startedSession as { json: object }).json, ...odd }
    const [account] = await opened(() => ({ json }))
    await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({ code: 'service' })
    await expect(account.resumeSession('s', never)).rejects.toMatchObject({ code: 'session-gone' })
  }
})

describe('the upgrade', () => {
  const streamUrl = 'wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/s?role=p&cell-number=AA+/='

  test('is signed for ssmmessages with the credentials of the moment', async () => {
    const [account] = await opened(() => callerIdentity)
    const [asAws, withPlus, unsigned] = await account.signUpgrade(streamUrl, never)
    for (const attempt of [asAws, withPlus]) {
      expect(attempt?.headers['authorization']).toMatch(
        /Credential=AKID\/\d{8}\/eu-central-1\/ssmmessages\/aws4_request/,
      )
      expect(attempt?.headers['x-amz-security-token']).toBe('token')
    }
    expect(withPlus?.headers['authorization']).not.toBe(asAws?.headers['authorization'])
    expect(unsigned?.headers).toEqual({})
  })

  test('is left unsigned when the URL is presigned', async () => {
    const [account] = await opened(() => callerIdentity)
    expect(await account.signUpgrade(`${streamUrl}&X-Amz-Signature=1`, never)).toMatchObject([{ headers: {} }])
  })

  test('is left unsigned when no credentials can be found', async () => {
    const account = await openAccount({
      region: 'eu-central-1',
      env: {
        AWS_CONFIG_FILE: join(folder, 'none'),
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    })
    onTestFinished(() => account[Symbol.asyncDispose]())
    const attempts = await account.signUpgrade(streamUrl, never)
    expect(attempts.map(({ headers }) => headers)).toEqual([{}])
  })

  test('is dated by the clock of AWS once its answers have shown that ours is wrong', async () => {
    const theirs = new Date(Date.now() - 3_600_000)
    /** Whether a stamp is of their time and not of ours, which is an hour later. */
    const isTheirs = (stamp: string): boolean => {
      const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp)?.slice(1) ?? []
      const [year = 0, month = 0, ...rest] = parts.map(Number)
      return Math.abs(Date.UTC(year, month - 1, ...rest) - theirs.getTime()) < 1_800_000
    }
    const [account] = await opened(({ headers }) =>
      isTheirs(String(headers['x-amz-date']))
        ? { ...startedSession, headers: { date: theirs.toUTCString() } }
        : {
            ...jsonError('InvalidSignatureException', 'Signature not yet current'),
            headers: { date: theirs.toUTCString() },
          },
    )
    await account.startSession({ target: 'i-1' }, never)
    expect((await account.signUpgrade(streamUrl, never))[0]?.headers['x-amz-date']).toSatisfy(isTheirs)
  })
})

test('a bad certificate bundle is said at once, with its path', async () => {
  const path = join(folder, 'ca.pem')
  const none = join(folder, 'none')
  const open = () =>
    openAccount({
      region: 'eu-central-1',
      env: { AWS_CA_BUNDLE: path, AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none },
    })
  await expect(open()).rejects.toMatchObject({ code: 'network', message: expect.stringContaining(path) })
  await promisify(execFile)('mkfifo', [path])
  await expect(open()).rejects.toMatchObject({ code: 'network', message: expect.stringContaining('is a pipe') })
  await rm(path)
  await writeFile(path, 'not a certificate')
  await expect(open()).rejects.toMatchObject({ code: 'network', message: expect.stringContaining('no certificates') })
})
