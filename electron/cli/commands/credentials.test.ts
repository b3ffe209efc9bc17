// What `culvert credentials` sends to a real socket of a real data directory, and what it says where it sends nothing.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { lockDirectory } from '../../core/lock/lock'
import { openProcessSocket } from '../../core/lock/processsocket'
import { parseCommandLine } from '../arguments'
import { Sink } from '../sink'
import { credentials } from './credentials'

const SECRET = 'hunter2hunter2'
const END = '2099-01-01T00:00:00Z'
const variables = { AWS_ACCESS_KEY_ID: 'ASIA', AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: 't' }
const printed = { Version: 1, AccessKeyId: 'ASIA', SecretAccessKey: SECRET, SessionToken: 't', Expiration: END }
const sent = { accessKeyId: 'ASIA', secretAccessKey: SECRET, sessionToken: 't' }

let directory: string
let asked: unknown[]

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'culvert-handing-'))
  const lock = await lockDirectory(directory, { pid: process.pid, door: 'test', startedAt: 0 })
  onTestFinished(() => lock[Symbol.asyncDispose]())
  asked = []
  lock.serve((request) => {
    asked.push(request)
    return Promise.resolve({ environment: 'work', arn: 'arn:aws:sts::1:assumed-role/ops/ann', risk: 'It may be lost.' })
  })
})
afterEach(() => rm(directory, { recursive: true }))

async function run(words: readonly string[], env: NodeJS.ProcessEnv = {}, input = '') {
  const invocation = parseCommandLine(['credentials', ...words])
  if (invocation.kind !== 'run') throw new Error(invocation.kind)
  const [out, err] = [new PassThrough(), new PassThrough()]
  const told = Promise.all([text(out), text(err)])
  try {
    const status = await credentials({
      args: invocation.args,
      env: { CULVERT_DATA_DIR: directory, ...env },
      platform: process.platform,
      stdin: Readable.from([Buffer.from(input)]),
      stdout: new Sink(out, () => undefined),
      stderr: new Sink(err, () => undefined),
      signal: new AbortController().signal,
    })
    out.end()
    err.end()
    return { status, told: await told }
  } finally {
    out.end()
    err.end()
  }
}

describe('credentials', () => {
  test('of the environment are sent with their end, and the answer is told without them', async () => {
    const { status, told } = await run([], { ...variables, AWS_CREDENTIAL_EXPIRATION: END })
    expect(asked).toEqual([{ credentials: { ...sent, endsAt: Date.parse(END) } }])
    expect(status).toBe(0)
    expect(told).toEqual([
      'New credentials for work: arn:aws:sts::1:assumed-role/ops/ann\n',
      'culvert: It may be lost.\n',
    ])
  })

  test('on stdin are JSON of a credential_process, with null for what is not there', async () => {
    await run(['-', '--environment', 'work'], {}, JSON.stringify(printed))
    await run(
      ['-'],
      variables,
      JSON.stringify({ ...printed, AccessKeyId: 'AKIA', SessionToken: null, Expiration: null }),
    )
    expect(asked).toEqual([
      { credentials: { ...sent, endsAt: Date.parse(END) }, environment: 'work' },
      { credentials: { accessKeyId: 'AKIA', secretAccessKey: SECRET } },
    ])
  })
})

describe('nothing is sent, and nothing of the input repeated, for', () => {
  const ended = { ...variables, AWS_SESSION_EXPIRATION: '2020-01-01T00:00:00Z' }
  const without = JSON.stringify({ ...printed, SecretAccessKey: '', SessionToken: SECRET })

  test.each([
    ['an environment without them', 'credentials-missing', { words: [], env: {} }],
    [
      'a variable of the end that is no time',
      'usage',
      { words: [], env: { ...ended, AWS_SESSION_EXPIRATION: 'soon' } },
    ],
    ['credentials that have ended', 'credentials-expired', { words: [], env: ended }],
    ['an empty stdin', 'usage', { words: ['-'], env: variables }],
    ['what is no JSON', 'usage', { words: ['-'], input: SECRET }],
    ['another version', 'usage', { words: ['-'], input: JSON.stringify({ ...printed, Version: 2 }) }],
    ['no secret', 'usage', { words: ['-'], input: without }],
    ['an end that is no time', 'usage', { words: ['-'], input: JSON.stringify({ ...printed, Expiration: 'soon' }) }],
    ['too much', 'usage', { words: ['-'], input: `${SECRET}${' '.repeat(65_536)}` }],
    ['an id that is no number', 'usage', { words: ['--pid', '1x'], env: variables }],
  ])('%s', async (_, code, given) => {
    const { words, env, input } = { env: {}, input: '', ...given }
    const error: unknown = await run(words, env, input).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect(error).toMatchObject({ message: expect.not.stringContaining(SECRET) })
    expect(asked).toEqual([])
  })

  test('an app that does not run: the commands that take credentials are named', async () => {
    vi.stubEnv('TMPDIR', directory)
    onTestFinished(() => void vi.unstubAllEnvs())
    const env = { ...variables, CULVERT_DATA_DIR: path.join(directory, 'none') }
    await expect(run([], env)).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining('start its window'),
    })
    const own = { pid: process.pid, door: 'forward', startedAt: 0 }
    await using _socket = await openProcessSocket(own, () => Promise.resolve(null))
    await expect(run([], env)).rejects.toMatchObject({
      code: 'not-running',
      message: expect.stringContaining(`with --pid (${String(process.pid)})`),
    })
  })

  test('a word that is no -', async () => {
    await expect(run(['work'], variables)).rejects.toMatchObject({ code: 'usage' })
  })
})
