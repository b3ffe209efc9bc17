// An SSO token that ends while a laptop sleeps: the account code and the command's own login over a simulator with its Identity Center.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseCommandLine } from '../electron/cli/arguments'
import { login } from '../electron/cli/commands/login'
import { Sink } from '../electron/cli/sink'
import { openEnvironment } from '../electron/core/environments/open'
import { defaultTiming } from '../electron/core/sessions/timing'
import { processBudgets } from '../electron/core/tunnels/budgets'
import { startSimulator } from '../electron/simulator/simulator'
import type { TunnelState } from '../shared/model/forward'
import { decide } from './kit/aws/loginpages'
import { endSsoLogin, endSsoToken, ssoEnvironment, startSso, writeSsoConfig } from './kit/aws/sso'

/** No retry happens by time: every attempt was caused by a wake or by a changed file. */
const NEVER_MS = 3_600_000

/** `culvert login --profile corp --no-browser`, with a person who opens the address and allows the access. */
async function culvertLogin(env: NodeJS.ProcessEnv): Promise<void> {
  const invocation = parseCommandLine(['login', '--profile', 'corp', '--no-browser'])
  if (invocation.kind !== 'run') throw new Error('not a command')
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let told = ''
  stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString()
    const address = /^http:\S+$/m.exec(told)?.[0]
    if (address === undefined) return
    told = ''
    void decide(address, 'allow')
  })
  const sink = (stream: PassThrough): Sink => new Sink(stream, () => undefined)
  const { signal } = new AbortController()
  const context = { args: invocation.args, env, platform: process.platform, stdin: new PassThrough(), signal }
  expect(await login({ ...context, stdout: sink(stdout), stderr: sink(stderr) })).toBe(0)
}

async function echo(socket: Socket): Promise<void> {
  const data = randomBytes(2_000)
  const answer = new Promise<Buffer>((resolve) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const all = Buffer.concat(chunks)
      if (all.length < data.length) return
      socket.removeAllListeners('data')
      resolve(all)
    })
  })
  socket.write(data)
  expect((await answer).equals(data)).toBe(true)
}

test('SSO token ends during a wake without network: it is refreshed without a person, and where that is refused, a login brings the tunnel on', async () => {
  const home = await mkdtemp(join(tmpdir(), 'culvert-ssowake-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await using simulator = await startSimulator({ isPaced: false })
  await using center = await startSso(simulator)
  await writeSsoConfig(home, center)
  const env = ssoEnvironment(home, simulator, center)
  await culvertLogin(env)
  await using environment = await openEnvironment({
    profile: 'corp',
    env,
    budgets: processBudgets(),
    timing: { ...defaultTiming, firstRetryMs: NEVER_MS, maxRetryMs: NEVER_MS },
    spawnDemo: () => Promise.reject(new Error('this is an account')),
  })
  const states: TunnelState[] = []
  const reach = (kind: TunnelState['kind']): Promise<void> => vi.waitFor(() => expect(states.at(-1)?.kind).toBe(kind))
  const { id } = await environment.resolveTarget('web-2', AbortSignal.timeout(NEVER_MS))
  await using tunnel = environment.startTunnel({
    target: id,
    remotePort: 7,
    onState: (state) => states.push(state),
    onEvent: () => undefined,
  })
  await reach('up')
  const socket = connect({ host: '127.0.0.1', port: tunnel.port })
  // Its end with the tunnel, at the end of the test.
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await echo(socket)
  const { sessionId } = tunnel

  // The lid is closed: the network is away, the token and the keys end, and the session's socket is gone at the wake.
  center.setDark(true)
  center.endTokens()
  await endSsoToken(home)
  simulator.faults.apply({ kind: 'dark', forMs: NEVER_MS })
  simulator.faults.apply({ kind: 'expire-credentials' })
  simulator.cut(sessionId, 'rst')
  await reach('reconnecting')
  environment.wake()
  await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ kind: 'reconnecting', cause: { code: 'network' } }))
  const before = center.calls.length
  center.setDark(false)
  simulator.faults.apply({ kind: 'clear' })
  environment.wake()
  await reach('up')
  expect(center.calls.slice(before)).toEqual(['/token refresh_token', '/federation/credentials'])
  expect(states.map(({ kind }) => kind)).not.toContain('waiting')
  await echo(socket)

  // The same, after an administrator has ended the session of the user.
  await endSsoLogin(home, simulator, center)
  await reach('waiting')
  expect(states.at(-1)).toMatchObject({
    for: 'login',
    cause: { code: 'credentials-expired', loginProfile: 'corp', message: expect.stringContaining('log in again') },
  })
  await culvertLogin(env)
  await reach('up')
  expect([tunnel.sessionId, simulator.sessions().length]).toEqual([sessionId, 1])
  await echo(socket)
})
