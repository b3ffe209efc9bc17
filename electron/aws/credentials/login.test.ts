// A profile of `aws login`: the SDK's provider with a real cache file, against a stand-in of AWS's sign-in service.

import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { callerIdentity, close, listenOnLoopback, startStandIn } from '../../../e2e/kit/aws/awsstandin'
import { openAccount } from '../account'
import type { Account } from '../parts'

interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: Record<string, string>
}

const never = new AbortController().signal
const SESSION = 'arn:aws:iam::123456789012:user/ann'

let folder: string
let reply: Reply
let requests: number
let account: Account

/** The cache file as the CLI writes it. `endsInMs`: how long its keys are valid. */
async function loggedIn(endsInMs: number): Promise<void> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const expiresAt = new Date(Date.now() + endsInMs).toISOString()
  const token = {
    accessToken: {
      accessKeyId: 'LOGIN',
      secretAccessKey: 's',
      sessionToken: 't',
      accountId: '123456789012',
      expiresAt,
    },
    clientId: 'arn:aws:signin:::devtools/same-device',
    refreshToken: 'r',
    dpopKey: privateKey.export({ format: 'pem', type: 'sec1' }),
  }
  const name = `${createHash('sha256').update(SESSION).digest('hex')}.json`
  await writeFile(join(folder, name), JSON.stringify(token))
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-login-'))
  requests = 0
  const server = createServer((_, response) => {
    requests += 1
    if (reply.status === 0) response.socket?.resetAndDestroy()
    else response.writeHead(reply.status, reply.headers).end(reply.body)
  })
  const url = `http://127.0.0.1:${String(await listenOnLoopback(server))}`
  onTestFinished(() => close(server))
  const sts = await startStandIn(() => callerIdentity)
  onTestFinished(() => sts[Symbol.asyncDispose]())
  // The SDK's provider reads these two from the process.
  vi.stubEnv('AWS_ENDPOINT_URL_SIGNIN', url)
  vi.stubEnv('AWS_LOGIN_CACHE_DIRECTORY', folder)
  await writeFile(join(folder, 'config'), `[profile p]\nlogin_session=${SESSION}\n`)
  const env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  account = await openAccount({ profile: 'p', region: 'eu-central-1', endpointUrl: sts.url, env })
  onTestFinished(() => account[Symbol.asyncDispose]())
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('keys that are valid are used without asking', async () => {
  await loggedIn(3_600_000)
  await expect(account.identity(never)).resolves.toMatchObject({ accountId: '123456789012' })
  expect(requests).toBe(0)
})

describe('keys that have ended', () => {
  const refused = (code: string, status: number): Reply => ({
    status,
    body: JSON.stringify({ error: 'TOKEN_EXPIRED' }),
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  })

  test.each([
    ['429', { status: 429, body: '{}' }, 'throttled'],
    ['503', { status: 503, body: '' }, 'service'],
    ['a reset connection', { status: 0, body: '' }, 'network'],
    ['a page that forbids', { status: 403, body: '<html>' }, 'network'],
    ['a refusal of AWS', refused('AccessDeniedException', 403), 'credentials-expired'],
  ] satisfies [string, Reply, string][])('%s is told as that', async (_, answer, code) => {
    await loggedIn(-1_000)
    reply = answer
    await expect(account.identity(never)).rejects.toMatchObject({ code })
    expect(requests).toBeGreaterThan(0)
  })

  test('of a login that is in no file want a login', async () => {
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      command: 'aws login --profile p',
    })
  })
})
