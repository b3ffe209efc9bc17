// The two loops of a tunnel over real sockets: resuming a session, restarting a tunnel, and their waits.

import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import { defaultTiming, type Timing } from '../electron/core/sessions/timing'
import type { Tunnel, TunnelOptions } from '../electron/core/tunnels/parts'
import type { TunnelEvent, TunnelState } from '../shared/model/forward'
import { openStage, type Stage } from './kit/environment'

const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }

let stage: Stage
let target: string
const tunnels: Tunnel[] = []

async function begin(timing: Partial<Timing> = {}): Promise<void> {
  stage = await openStage({}, { ...quick, ...timing })
  target = idOf('web-2')
}

function idOf(name: string): string {
  return stage.simulator.world.instances.find((each) => each.tags['Name'] === name)!.id
}

afterEach(async () => {
  await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
  await stage.close()
})

interface Running {
  readonly tunnel: Tunnel
  readonly states: TunnelState[]
  readonly events: TunnelEvent[]
  readonly kinds: () => string[]
  /** Resolves with the current state if it matches, or else the next matching one. */
  readonly reach: (kind: TunnelState['kind']) => Promise<TunnelState>
}

function start(more: Partial<TunnelOptions> = {}): Running {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const watchers = new Set<() => void>()
  const tunnel = stage.environment.startTunnel({
    target,
    remotePort: 7,
    onState: (state) => {
      states.push(state)
      for (const look of watchers) look()
    },
    onEvent: (event) => events.push(event),
    ...more,
  })
  tunnels.push(tunnel)
  return {
    tunnel,
    states,
    events,
    kinds: () => states.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]),
    reach: (kind) =>
      new Promise((resolve) => {
        const look = (): void => {
          const last = states.at(-1)
          if (last?.kind !== kind) return
          watchers.delete(look)
          resolve(last)
        }
        watchers.add(look)
        look()
      }),
  }
}

function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Sends bytes to the echo port and waits for the echo. */
async function echo(socket: Socket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.length < text.length) return
      socket.off('data', hear)
      resolve(said)
    }
    socket.on('data', hear)
    socket.once('error', reject)
  })
  socket.write(text)
  return answer
}

function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

function refuseResumes(count: number, code: string, status?: number): void {
  for (let time = 0; time < count; time += 1) {
    stage.simulator.failNext('ResumeSession', { code, ...(status === undefined ? {} : { status }) })
  }
}

describe('a session that has lost its socket', () => {
  beforeEach(() => begin())

  it('check 42: is resumed although the first attempts are refused, and its connections notice but the pause', async () => {
    const { tunnel, reach, states, events } = start()
    await reach('up')
    const socket = await client(tunnel.port)
    expect(await echo(socket, 'before')).toBe('before')
    refuseResumes(3, 'Unforeseen')
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await reach('reconnecting')
    expect(await echo(socket, 'during the outage')).toBe('during the outage')
    const attempts = states.flatMap((state) => (state.kind === 'reconnecting' ? [state] : []))
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 3, 3, 4, 4])
    // A wait has an end for the countdown, an attempt has none.
    expect(attempts.map(({ retryAt }) => retryAt !== undefined)).toEqual([false, true, false, true, false, true, false])
    expect(events.filter(({ kind }) => kind === 'resumed')).toMatchObject([{ connectionsKept: 1 }])
    socket.destroy()
  })

  it('check 41: what is written during the outage arrives once and in order', async () => {
    const { tunnel, reach } = start()
    await reach('up')
    const socket = await client(tunnel.port)
    await echo(socket, 'x')
    refuseResumes(2, 'Unforeseen')
    stage.simulator.cut(tunnel.sessionId, 'close-1000')
    await reach('reconnecting')
    const data = randomBytes(300_000).toString('hex')
    expect(await echo(socket, data)).toBe(data)
    socket.destroy()
  })

  it('goes on at once when a person wants it tried', async () => {
    await stage.close()
    await begin({ firstRetryMs: 3_600_000, maxRetryMs: 3_600_000 })
    const { tunnel, reach } = start()
    await reach('up')
    refuseResumes(1, 'Unforeseen')
    const waiting = new Promise<void>((resolve) => {
      void reach('reconnecting').then(() => resolve())
    })
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await waiting
    // Only while it waits, because an attempt in progress is left alone.
    await vi.waitFor(() => {
      tunnel.retry()
      expect(stage.simulator.sessions()[0]!.resumes).toBe(1)
    })
    await reach('up')
  })

  it('check 43: waits for a login while the credentials have expired, keeps its connections, and goes on at a wake', async () => {
    await stage.close()
    await begin({ maxRetryMs: 3_600_000, firstRetryMs: 3_600_000 })
    const { tunnel, reach, kinds } = start()
    await reach('up')
    const socket = await client(tunnel.port)
    await echo(socket, 'x')
    refuseResumes(1, 'ExpiredTokenException', 403)
    stage.simulator.cut(tunnel.sessionId, 'close-1000')
    expect(await reach('waiting')).toMatchObject({ for: 'login', cause: { code: 'credentials-expired' } })
    stage.environment.wake()
    expect(await echo(socket, 'again')).toBe('again')
    expect(kinds()).toEqual(['connecting', 'up', 'reconnecting', 'waiting', 'reconnecting', 'up'])
    expect(stage.simulator.sessions()).toHaveLength(1)
    socket.destroy()
  })

  for (const [what, spoil] of [
    ['no longer exists', () => refuseResumes(1, 'DoesNotExistException')],
    ['is resumed without a token', () => stage.simulator.omitNextToken()],
  ] as const) {
    it(`check 44: that ${what} is replaced on the same port; open connections are reset and counted`, async () => {
      const { tunnel, reach, events, states } = start()
      await reach('up')
      const { port, sessionId } = tunnel
      const sockets = [await client(port), await client(port)]
      for (const socket of sockets) await echo(socket, 'x')
      const ends = sockets.map(endOf)
      spoil()
      stage.simulator.cut(sessionId, 'rst')
      for (const end of await Promise.all(ends)) expect(end).toContain('ECONNRESET')
      await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'restarted')).toBe(true))
      await reach('up')
      expect(tunnel.port).toBe(port)
      expect(tunnel.sessionId).not.toBe(sessionId)
      expect(events.filter(({ kind }) => kind === 'restarted')).toMatchObject([
        { connectionsLost: 2, cause: { code: 'session-gone' } },
      ])
      expect(states.filter((state) => state.kind === 'reconnecting').at(-1)).toMatchObject({ via: 'restart' })
      const socket = await client(port)
      expect(await echo(socket, 'new')).toBe('new')
      socket.destroy()
    })
  }
})

describe('past its resume deadline', () => {
  it('a session ends, its tunnel does not: it restarts on the same port', async () => {
    await begin({ resumeDeadlineMs: 300 })
    const { tunnel, reach, events } = start()
    await reach('up')
    const { port } = tunnel
    const socket = await client(port)
    await echo(socket, 'x')
    const end = endOf(socket)
    refuseResumes(60, 'Unforeseen')
    stage.simulator.cut(tunnel.sessionId, 'rst')
    expect(await end).toContain('ECONNRESET')
    await reach('up')
    expect(tunnel.port).toBe(port)
    expect(events.filter(({ kind }) => kind === 'restarted')).toMatchObject([{ connectionsLost: 1 }])
  })

  it('a session that waits for a login ends, and its tunnel goes on waiting for it with the port open', async () => {
    await begin({ resumeDeadlineMs: 200 })
    const { tunnel, reach } = start()
    await reach('up')
    const socket = await client(tunnel.port)
    await echo(socket, 'x')
    const end = endOf(socket)
    const { faults } = stage.simulator
    faults.apply({ kind: 'api-error', operation: 'ResumeSession', code: 'ExpiredTokenException' })
    faults.apply({ kind: 'api-error', operation: 'StartSession', code: 'ExpiredTokenException' })
    stage.simulator.cut(tunnel.sessionId, 'rst')
    expect(await end).toContain('ECONNRESET')
    const held = await client(tunnel.port)
    // It retries from time to time, so it waits now or a moment later.
    expect(await reach('waiting')).toMatchObject({ for: 'login' })
    faults.apply({ kind: 'clear' })
    await reach('up')
    expect(await echo(held, 'held until now')).toBe('held until now')
    held.destroy()
  })
})

describe('a session that cannot be ended', () => {
  beforeEach(() => begin())

  it('is ended at the next wake, and one that no longer exists is forgotten', async () => {
    const { tunnel, reach } = start()
    await reach('up')
    stage.simulator.failNext('TerminateSession', { code: 'ExpiredTokenException', status: 400 })
    stage.simulator.failNext('TerminateSession', { code: 'Unforeseen' })
    // Without an acknowledged Flag 2 only the TerminateSession call ends it.
    stage.simulator.cut(tunnel.sessionId, 'black-hole')
    await tunnel[Symbol.asyncDispose]()
    expect(stage.active()).toEqual([tunnel.sessionId])
    stage.environment.wake()
    await vi.waitFor(() => {
      stage.environment.wake()
      expect(stage.active()).toEqual([])
    })
  })
})

describe('a connection that comes during an outage', () => {
  it('is refused when it was held too long, with an event of its own', async () => {
    await begin({ holdMs: 50, firstRetryMs: 3_600_000, maxRetryMs: 3_600_000 })
    const { tunnel, reach, events } = start()
    await reach('up')
    refuseResumes(1, 'Unforeseen')
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await reach('reconnecting')
    const socket = await client(tunnel.port)
    expect(await endOf(socket)).toContain('ECONNRESET')
    expect(events.filter(({ kind }) => kind === 'connection-failed')).toMatchObject([
      { error: { code: 'tunnel-down' } },
    ])
  })

  it('is given up when its program leaves: the retry takes its place, and the destination hears of one connection only', async () => {
    await begin({ firstRetryMs: 3_600_000, maxRetryMs: 3_600_000 })
    const { tunnel, reach, events } = start({ maxConnections: () => 1 })
    await reach('up')
    refuseResumes(1, 'Unforeseen')
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await reach('reconnecting')
    for (const leave of [(socket: Socket) => socket.end('ghost'), (socket: Socket) => socket.resetAndDestroy()]) {
      const before = events.length
      leave(await client(tunnel.port))
      await vi.waitFor(() => expect(events.slice(before)).toMatchObject([{ error: { code: 'tunnel-down' } }]))
    }
    const retry = await client(tunnel.port)
    const answer = echo(retry, 'retry')
    await vi.waitFor(() => {
      tunnel.retry()
      expect(events.filter(({ kind }) => kind === 'resumed')).toHaveLength(1)
    })
    expect(await answer).toBe('retry')
    expect(events.filter(({ kind }) => kind === 'connection-opened')).toHaveLength(1)
    retry.destroy()
  })
})

describe('a tunnel that cannot start', () => {
  beforeEach(() => begin())

  it('waits for an instance whose agent is offline, and is up when it answers again', async () => {
    const offline = stage.simulator.world.instances.find((each) => each.pingStatus === 'ConnectionLost')!
    const { reach, kinds } = start({ target: offline.id })
    expect(await reach('waiting')).toMatchObject({ for: 'instance', cause: { code: 'agent-offline' } })
    Object.assign(offline, { pingStatus: 'Online' })
    await reach('up')
    expect(kinds()).toEqual(['connecting', 'waiting', 'connecting', 'up'])
  })

  it('waits for its port, and binds it when it is free', async () => {
    const other = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
    const { reach, tunnel } = start({ localPort: other.port })
    expect(await reach('waiting')).toMatchObject({ for: 'port', cause: { code: 'port-in-use' } })
    expect(stage.simulator.sessions()).toEqual([])
    await other[Symbol.asyncDispose]()
    await reach('up')
    expect(tunnel.port).toBe(other.port)
  })

  it('fails where trying again mends nothing, and gives its port free', async () => {
    stage.simulator.failNext('StartSession', { code: 'AccessDeniedException', status: 400 })
    const { reach, tunnel } = start()
    expect(await reach('failed')).toMatchObject({
      error: { code: 'access-denied', message: expect.stringContaining('ssm:StartSession') },
    })
    await expect(tunnel.ended).rejects.toMatchObject({ code: 'access-denied' })
    await expect(client(tunnel.port)).rejects.toThrow('ECONNREFUSED')
  })

  it('tries again by itself after a fault of the service', async () => {
    for (let time = 0; time < 6; time += 1) {
      stage.simulator.failNext('StartSession', { code: 'InternalServerError', status: 500 })
    }
    const { reach, kinds } = start()
    await reach('up')
    expect(new Set(kinds())).toEqual(new Set(['connecting', 'reconnecting', 'up']))
  })

  it('ends at once when it is turned off while it waits', async () => {
    await stage.close()
    await begin({ pollMs: 3_600_000 })
    const offline = stage.simulator.world.instances.find((each) => each.pingStatus === 'ConnectionLost')!
    const { tunnel, reach, states } = start({ target: offline.id })
    await reach('waiting')
    await tunnel[Symbol.asyncDispose]()
    expect(states.at(-1)).toEqual({ kind: 'off' })
  })
})
