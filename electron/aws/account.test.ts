import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startSimulator } from '../simulator/simulator'
import { openAccount, type Account, type AwsOptions } from './account'
import {
  callerIdentity,
  ec2Error,
  jsonError,
  startStandIn,
  startedSession,
  type Answering,
  type StandIn,
} from '../../e2e/kit/awsstandin'

const never = new AbortController().signal
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-account-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** An account whose every service is the stand-in. */
async function opened(answering: Answering, options: Partial<AwsOptions> = {}): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    region: 'eu-central-1',
    endpointUrl: standIn.url,
    credentials,
    env: {},
    ...options,
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

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

const ec2Page = (ids: string[], next?: string) => ({
  xml:
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>' +
    ids
      .map(
        (id) =>
          `<item><instanceId>${id}</instanceId><instanceState><code>16</code><name>running</name></instanceState>` +
          `<tagSet><item><key>Name</key><value>n-${id}</value></item></tagSet></item>`,
      )
      .join('') +
    `</instancesSet></item></reservationSet>${next === undefined ? '' : `<nextToken>${next}</nextToken>`}</DescribeInstancesResponse>`,
})

const ssmPage = (ids: string[], next?: string) => ({
  json: {
    InstanceInformationList: ids.map((id) => ({
      InstanceId: id,
      PingStatus: 'Online',
      PlatformType: 'Linux',
      AgentVersion: '3.3.0.0',
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  },
})

describe('the list of instances', () => {
  test('holds every page of both services', async () => {
    const [account, standIn] = await opened(({ action, input }) => {
      const token = input['NextToken']
      if (action === 'DescribeInstances') {
        return token === undefined
          ? ec2Page(['i-1', 'i-2'], 'e2')
          : token === 'e2'
            ? ec2Page([], 'e3')
            : ec2Page(['i-3'])
      }
      return token === undefined ? ssmPage(['i-1'], 's2') : ssmPage(['i-3', 'mi-1'])
    })
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id, name, agent }) => [id, name, agent.kind])).toEqual([
      ['mi-1', '', 'online'],
      ['i-1', 'n-i-1', 'online'],
      ['i-2', 'n-i-2', 'unmanaged'],
      ['i-3', 'n-i-3', 'online'],
    ])
    expect(notices).toEqual([])
    expect(standIn.asked.filter(({ action }) => action === 'DescribeInstances')).toHaveLength(3)
    expect(standIn.asked.filter(({ action }) => action === 'DescribeInstanceInformation')).toHaveLength(2)
  })

  test('is what Systems Manager knows, with a notice, when EC2 is denied', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation', 'no', 403) : ssmPage(['i-1']),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id }) => id)).toEqual(['i-1'])
    expect(notices).toEqual([expect.stringContaining('ec2:DescribeInstances')])
  })

  test('is what EC2 knows, with a notice, when Systems Manager is denied', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1']) : jsonError('AccessDeniedException', 'no'),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id, agent }) => [id, agent.kind])).toEqual([['i-1', 'unmanaged']])
    expect(notices).toEqual([expect.stringContaining('ssm:DescribeInstanceInformation')])
  })

  test('is access-denied when both are', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances'
        ? ec2Error('UnauthorizedOperation', 'no', 403)
        : jsonError('AccessDeniedException'),
    )
    await expect(account.listInstances(never)).rejects.toMatchObject({ code: 'access-denied' })
  })

  test('fails when a page fails for another reason, rather than being short', async () => {
    const [account] = await opened(({ action, input }) => {
      if (action === 'DescribeInstances') return ec2Page(['i-1'])
      return input['NextToken'] === undefined ? ssmPage(['i-1'], 's2') : jsonError('InvalidNextToken', 'bad')
    })
    await expect(account.listInstances(never)).rejects.toMatchObject({ code: 'service' })
  })

  test('ends where a service repeats a page, and says so', async () => {
    const [account, standIn] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1'], 'again') : ssmPage(['i-1', 'mi-1'], 'again'),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id }) => id)).toEqual(['mi-1', 'i-1'])
    expect(notices).toEqual([
      'EC2 repeated a page of its list, so instances may be missing: list them again.',
      'Systems Manager repeated a page of its list, so instances may be missing: list them again.',
    ])
    expect(standIn.asked.filter(({ action }) => action.startsWith('Describe'))).toHaveLength(4)
  })

  test('has 50,000 instances of a service at most, and says so', async () => {
    const ids = Array.from({ length: 160_000 }, (_, index) => `mi-${index}`)
    const [account] = await opened(({ action }) => {
      if (action === 'ListTagsForResource') return { json: { TagList: [] } }
      return action === 'DescribeInstances' ? ec2Page([]) : ssmPage(ids)
    })
    const { instances, notices } = await account.listInstances(never)
    expect(instances).toHaveLength(50_000)
    expect(notices.slice(0, 1)).toEqual([
      'Only the first 50,000 instances that Systems Manager lists are shown. The others can be reached by their id, or from another region or profile.',
    ])
  })

  test('keeps of each text what AWS allows, and of an instance 80 tags', async () => {
    const long = 'x'.repeat(100_000)
    const tags = Array.from(
      { length: 1_000 },
      (_, index) => `<item><key>${index}${long.slice(0, 200)}</key><value>${long}</value></item>`,
    )
    const xml =
      '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>' +
      `<item><instanceId>i-1</instanceId><instanceState><name>${long}</name></instanceState><privateIpAddress>${long}</privateIpAddress>` +
      `<tagSet><item><key>Name</key><value>${long}</value></item>${tags.slice(0, 100).join('')}</tagSet></item>` +
      `<item><instanceId>${long}</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`
    const node = {
      InstanceId: 'mi-1',
      Name: long,
      ComputerName: long,
      IPAddress: long,
      AgentVersion: long,
      PingStatus: long,
      PlatformType: long,
    }
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? { xml } : { json: { InstanceInformationList: [node, { InstanceId: long }] } },
    )
    const { instances } = await account.listInstances(never)
    expect(instances.map(({ id, name }) => [id, name.length])).toEqual([
      ['i-1', 256],
      ['mi-1', 256],
    ])
    const [machine, hybrid] = instances
    expect(Object.keys(machine!.tags)).toHaveLength(80)
    expect(JSON.stringify(machine).length).toBeLessThan(80 * (128 + 256 + 8) + 1_000)
    expect(JSON.stringify(hybrid).length).toBeLessThan(1_000)
    const one = await account.describeTarget('mi-1', never)
    expect(one).toEqual(hybrid)
  })

  test('that AWS throttles for long is throttled, so that it can be tried again, whichever of the two it throttles', async () => {
    for (const throttled of ['DescribeInstances', 'DescribeInstanceInformation']) {
      const [account] = await opened(({ action }) => {
        if (action !== throttled) return action === 'DescribeInstances' ? ec2Page([]) : ssmPage([])
        return action === 'DescribeInstances'
          ? ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503)
          : jsonError('ThrottlingException', 'Rate exceeded')
      })
      await expect(account.listInstances(never)).rejects.toMatchObject({
        code: 'throttled',
        message: expect.stringContaining('slow down'),
      })
    }
  })

  test('gets over a throttled page by itself', async () => {
    let isThrottled = true
    const [account] = await opened(({ action }) => {
      if (action === 'DescribeInstances') return ec2Page([])
      if (!isThrottled) return ssmPage(['mi-1'])
      isThrottled = false
      return jsonError('ThrottlingException', 'Rate exceeded')
    })
    expect((await account.listInstances(never)).instances).toHaveLength(1)
  })
})

describe('one target', () => {
  test('is described by one call to each service', async () => {
    const [account, standIn] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1']) : ssmPage(['i-1']),
    )
    expect(await account.describeTarget('i-1', never)).toMatchObject({
      id: 'i-1',
      name: 'n-i-1',
      agent: { kind: 'online' },
    })
    const asked = Object.fromEntries(standIn.asked.map(({ action, input }) => [action, input]))
    expect(standIn.asked).toHaveLength(2)
    expect(asked['DescribeInstances']).toMatchObject({ 'InstanceId.1': 'i-1' })
    expect(asked['DescribeInstanceInformation']).toEqual({ Filters: [{ Key: 'InstanceIds', Values: ['i-1'] }] })
  })

  test('that neither knows is undefined, though EC2 says so with an error', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('InvalidInstanceID.NotFound', 'gone') : ssmPage([]),
    )
    expect(await account.describeTarget('i-1', never)).toBeUndefined()
  })

  test('that is hybrid is not asked of EC2', async () => {
    const [account, standIn] = await opened(() => ssmPage(['mi-1']))
    expect(await account.describeTarget('mi-1', never)).toMatchObject({ id: 'mi-1', kind: 'hybrid' })
    expect(standIn.asked.map(({ action }) => action)).toEqual(['DescribeInstanceInformation'])
  })

  test('is known by one service where the other is denied, and access-denied where both are', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation') : ssmPage(['i-1']),
    )
    expect(await account.describeTarget('i-1', never)).toMatchObject({ id: 'i-1' })
    const [denied] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation') : jsonError('AccessDeniedException'),
    )
    await expect(denied.describeTarget('i-1', never)).rejects.toMatchObject({ code: 'access-denied' })
  })
})

describe('a call', () => {
  test('that is aborted ends with the reason of its signal', async () => {
    const [account] = await opened(() => startedSession)
    const reason = new Error('the user went away')
    await expect(account.identity(AbortSignal.abort(reason))).rejects.toBe(reason)
    const abort = new AbortController()
    const [slow] = await opened(() => {
      abort.abort(reason)
      return startedSession
    })
    await expect(slow.startSession({ target: 'i-1' }, abort.signal)).rejects.toBe(reason)
  })

  test('that a deadline ends is a timeout', async () => {
    const expired = new AbortController()
    expired.abort(new DOMException('late', 'TimeoutError'))
    const [account] = await opened(() => startedSession)
    await expect(account.startSession({ target: 'i-1' }, expired.signal)).rejects.toMatchObject({ code: 'timeout' })
  })

  test('goes to the endpoint that the environment names for its service', async () => {
    const other = await startStandIn(() => callerIdentity)
    onTestFinished(() => other[Symbol.asyncDispose]())
    const standIn = await startStandIn(() => startedSession)
    onTestFinished(() => standIn[Symbol.asyncDispose]())
    const env = {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_ACCESS_KEY_ID: 'ENVKEY',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ENDPOINT_URL_SSM: standIn.url,
      AWS_ENDPOINT_URL: other.url,
      AWS_REGION: 'eu-central-1',
    }
    const account = await openAccount({ env })
    onTestFinished(() => account[Symbol.asyncDispose]())
    await account.startSession({ target: 'i-1' }, never)
    await account.identity(never)
    expect(standIn.asked.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([['StartSession', 'ENVKEY']])
    expect(other.asked.map(({ action }) => action)).toEqual(['GetCallerIdentity'])
    expect(account.endpointUrl).toBe(standIn.url)
  })

  test('neither warns about the version of Node nor leaves its switch in the environment', async () => {
    const before = process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']
    delete process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']
    const warnings: Error[] = []
    const warned = (warning: Error): void => void warnings.push(warning)
    process.on('warning', warned)
    onTestFinished(() => {
      process.off('warning', warned)
      if (before !== undefined) process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = before
    })
    const [account] = await opened(() => callerIdentity)
    await account.identity(never)
    expect(warnings).toEqual([])
    expect(process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED']).toBeUndefined()
  })
})

describe('an answer that begins and does not end', () => {
  /** A service that sends headers and half a body, and keeps the connection. */
  async function startStalling(
    head = 'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 5000\r\n\r\n<Half',
  ) {
    const closed: Promise<unknown>[] = []
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      closed.push(new Promise((resolve) => socket.once('close', resolve)))
      socket.once('data', () => socket.write(head))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const account = await openAccount({
      region: 'eu-central-1',
      endpointUrl: `http://127.0.0.1:${port}`,
      credentials,
      env: {},
    })
    onTestFinished(() => account[Symbol.asyncDispose]())
    return { account, closed, server }
  }

  /** Resolves when this process has read the headers of an answer. */
  function answered(): Promise<void> {
    return new Promise((resolve) => {
      const hear = (): void => {
        unsubscribe('http.client.response.finish', hear)
        resolve()
      }
      subscribe('http.client.response.finish', hear)
    })
  }

  test.each([
    ['a listing', (account: Account) => account.listInstances(never)],
    ['the identity', (account: Account) => account.identity(never)],
    ['the start of a session', (account: Account) => account.startSession({ target: 'i-1' }, never)],
  ])('is given up after 30 s without a byte, and its connection closed: %s', async (_, call) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { account, closed } = await startStalling()
    const begun = answered()
    const outcome = call(account).then(
      () => 'answered',
      (error: unknown) => error,
    )
    let result: unknown
    void outcome.then((value) => {
      result = value
    })
    await begun
    let spentMs = 0
    // The SDK takes the body a few turns after the headers have come.
    for (let turn = 0; result === undefined; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      if (turn < 50) continue
      vi.advanceTimersByTime(1_000)
      spentMs += 1_000
    }
    expect(result).toMatchObject({
      code: 'timeout',
      message: 'AWS stopped in the middle of its answer for 30 s: check the network and try again.',
    })
    // Two services are asked for a list; the other one may have been answered somewhat later.
    expect(spentMs).toBeLessThan(120_000)
    await Promise.all(closed)
  })

  test('is no longer waited for by a caller who goes away, and its connection is closed', async () => {
    const { account, closed } = await startStalling()
    const leaving = new AbortController()
    const begun = answered()
    const call = account.identity(leaving.signal).catch((error: unknown) => error)
    await begun
    const reason = new Error('the user went away')
    leaving.abort(reason)
    expect(await call).toBe(reason)
    await Promise.all(closed)
  })

  test('is given up at 64 MiB', async () => {
    const { account, server } = await startStalling(
      'HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const chunk = Buffer.alloc(1_048_576, 'x')
    server.on('connection', (socket) => {
      const more = (): void => {
        if (!socket.destroyed)
          socket.write(Buffer.concat([Buffer.from('100000\r\n'), chunk, Buffer.from('\r\n')]), more)
      }
      socket.once('data', more)
    })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'service',
      message: 'What answered sent more than 64 MiB for one call: check the endpoint and the proxy settings.',
    })
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
    const headers = await account.signUpgrade(streamUrl, never)
    expect(headers?.['authorization']).toMatch(/Credential=AKID\/\d{8}\/eu-central-1\/ssmmessages\/aws4_request/)
    expect(headers?.['x-amz-security-token']).toBe('token')
  })

  test('is left unsigned when the URL is presigned', async () => {
    const [account] = await opened(() => callerIdentity)
    expect(await account.signUpgrade(`${streamUrl}&X-Amz-Signature=1`, never)).toBeUndefined()
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
    expect(await account.signUpgrade(streamUrl, never)).toBeUndefined()
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
    expect((await account.signUpgrade(streamUrl, never))?.['x-amz-date']).toSatisfy(isTheirs)
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
