// Issue 136 of aws/session-manager-plugin: "Session is closed after 1 hour". Temporary credentials have expired when the
// service closes the socket. Uses a real profile in its own home directory, the real account code over a simulator, and an
// hour that is short or that the test ends itself.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { processBudgets } from '../electron/core/tunnels/budgets'
import type { Environment } from '../electron/core/environments/environment'
import { openEnvironment } from '../electron/core/environments/open'
import { defaultTiming, type Timing } from '../electron/core/sessions/timing'
import type { Tunnel } from '../electron/core/tunnels/parts'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import type { TunnelEvent, TunnelState } from '../shared/model/forward'

/** The service's hour takes 6 s. The steps before its end take a few ms, or a second on a loaded machine. */
const SHORT_MINUTE_MS = 100
const REAL_MINUTE_MS = 60_000
/** No retry happens by time: every attempt was caused by a wake. */
const NEVER_MS = 3_600_000

let simulator: Simulator
let home: string
let environment: Environment
let tunnel: Tunnel
let states: TunnelState[]
let events: TunnelEvent[]
const sockets: Socket[] = []

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'culvert-expiry-'))
  await mkdir(join(home, '.aws'))
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await tunnel[Symbol.asyncDispose]()
  await environment[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
  await rm(home, { recursive: true })
})

async function serve(minuteMs: number): Promise<void> {
  simulator = await startSimulator({ isPaced: false, clock: { minuteMs }, idleMinutes: NEVER_MS / minuteMs })
}

/** Replaces a file as a login tool does. */
async function put(name: string, text: string): Promise<void> {
  const path = join(home, '.aws', name)
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/** Stores the newest keys of the simulator as the static keys of the profile "work". */
function login(): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
  const keys = `aws_access_key_id=${accessKeyId}\naws_secret_access_key=${secretAccessKey}\naws_session_token=${sessionToken}\n`
  return put('credentials', `[work]\n${keys}`)
}

/** Makes the credential_process of the profile "work" print the newest keys. */
function provide(): Promise<void> {
  const {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  } = simulator.credentials
  const Expiration = new Date(Date.now() + NEVER_MS).toISOString()
  return put('keys.json', JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration }))
}

async function start(timing: Partial<Timing> = {}): Promise<void> {
  environment = await openEnvironment({
    profile: 'work',
    region: simulator.region,
    endpointUrl: simulator.endpointUrl,
    env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', PATH: process.env['PATH'] },
    budgets: processBudgets(),
    timing: { ...defaultTiming, firstRetryMs: NEVER_MS, maxRetryMs: NEVER_MS, ...timing },
    spawnDemo: () => Promise.reject(new Error('this is an account')),
  })
  const instance = await environment.resolveTarget('web-2', AbortSignal.timeout(NEVER_MS))
  states = []
  events = []
  tunnel = environment.startTunnel({
    target: instance.id,
    remotePort: 7,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  })
  await reach('up')
}

async function reach<K extends TunnelState['kind']>(kind: K): Promise<Extract<TunnelState, { kind: K }>> {
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe(kind))
  return states.at(-1) as Extract<TunnelState, { kind: K }>
}

function eventsOf<K extends TunnelEvent['kind']>(kind: K): Extract<TunnelEvent, { kind: K }>[] {
  return events.filter((event) => event.kind === kind) as Extract<TunnelEvent, { kind: K }>[]
}

async function client(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: tunnel.port })
  sockets.push(socket)
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return socket
}

const digest = (data: Buffer): string => createHash('sha256').update(data).digest('hex')

/** Sends `data` to the echo port and resolves with the digest of as many echoed bytes. */
function echoed(socket: Socket, data: Buffer): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    const hash = createHash('sha256')
    let count = 0
    const hear = (chunk: Buffer): void => {
      hash.update(chunk)
      count += chunk.length
      if (count < data.length) return
      socket.off('data', hear)
      socket.off('error', reject)
      resolve(hash.digest('hex'))
    }
    socket.on('data', hear)
    socket.once('error', reject)
  })
  socket.write(data)
  return answer
}

function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

/** From now on refuses calls with the old key, with the status seen in issue 136. */
function expire(): void {
  simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
}

/** Closes the socket as the service does after an hour. */
function endHour(): void {
  simulator.cut(tunnel.sessionId, 'close-1000')
}

describe('issue 136: temporary credentials have expired when the service closes the socket at the hour', () => {
  it('(a) the provider has new ones: the session goes on, and its connections notice but a pause', async () => {
    await serve(SHORT_MINUTE_MS)
    await provide()
    const script = join(home, 'provider.mjs')
    await writeFile(
      script,
      `import { readFileSync } from 'node:fs'\nprocess.stdout.write(readFileSync(${JSON.stringify(join(home, '.aws', 'keys.json'))}))`,
    )
    await put('config', `[profile work]\ncredential_process = "${process.execPath}" "${script}"\n`)
    await start()
    const { sessionId } = tunnel
    const socket = await client()
    expire()
    simulator.rotateCredentials()
    await provide()
    // Bytes are in flight during the whole hour.
    const data = randomBytes(200_000)
    let rounds = 0
    while (eventsOf('resumed').length === 0) {
      expect(await echoed(socket, data)).toBe(digest(data))
      rounds += 1
    }
    expect(await echoed(socket, data)).toBe(digest(data))
    expect(rounds).toBeGreaterThan(0)
    expect(eventsOf('resumed')[0]).toMatchObject({ connectionsKept: 1 })
    // The pause was one attempt: no wait was begun, because a wait would have taken an hour.
    expect(states.filter((state) => state.kind === 'reconnecting' && state.retryAt !== undefined)).toEqual([])
    expect(tunnel.sessionId).toBe(sessionId)
    expect(simulator.faults.counts.recycle).toBeGreaterThan(0)
    expect(simulator.faults.counts['expired-credentials']).toBeGreaterThan(0)
    expect(states.map(({ kind }) => kind)).not.toContain('waiting')
    expect(simulator.sessions()).toHaveLength(1)
  })

  it('(b) nobody has: it waits for a login, and goes on by itself once there is one', async () => {
    await serve(REAL_MINUTE_MS)
    await login()
    await start()
    const { sessionId, port } = tunnel
    const socket = await client()
    expect(await echoed(socket, Buffer.from('before'))).toBe(digest(Buffer.from('before')))
    expire()
    endHour()
    const waiting = await reach('waiting')
    expect(waiting).toMatchObject({
      for: 'login',
      cause: {
        code: 'credentials-expired',
        // The account is named once it has been learned, which no call waits for.
        message: expect.stringMatching(
          /^The credentials of the profile "work"( \(account 1111 2222 3333\))? have expired or are no longer valid: renew them and try again\.$/,
        ),
      },
    })
    const data = randomBytes(300_000)
    const during = echoed(socket, data)
    const late = await client()
    const lateEcho = echoed(late, data)
    simulator.rotateCredentials()
    await login()
    expect(await during).toBe(digest(data))
    expect(await lateEcho).toBe(digest(data))
    expect(tunnel.port).toBe(port)
    expect(tunnel.sessionId).toBe(sessionId)
    expect(simulator.sessions()).toHaveLength(1)
    expect(eventsOf('connection-failed')).toEqual([])
  })

  it('(c) nobody has until past the deadline: the session ends, the port stays, and a login brings it up again', async () => {
    await serve(REAL_MINUTE_MS)
    await login()
    await start({ resumeDeadlineMs: 300 })
    const { sessionId, port } = tunnel
    const socket = await client()
    expect(await echoed(socket, Buffer.from('before'))).toBe(digest(Buffer.from('before')))
    const end = endOf(socket)
    expire()
    endHour()
    expect(await end).toContain('ECONNRESET')
    expect(await reach('waiting')).toMatchObject({
      for: 'login',
      cause: { message: expect.stringContaining('"work"') },
    })
    const held = await client()
    const data = randomBytes(300_000)
    const answer = echoed(held, data)
    simulator.rotateCredentials()
    await login()
    expect(await answer).toBe(digest(data))
    expect(tunnel.port).toBe(port)
    expect(tunnel.sessionId).not.toBe(sessionId)
    expect(eventsOf('restarted')).toMatchObject([{ connectionsLost: 1, cause: { code: 'credentials-expired' } }])
  })
})
