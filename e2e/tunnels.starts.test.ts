// A tunnel that cannot start, cannot end its session, or holds connections during an outage, over real sockets.

import type { Socket } from 'node:net'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import { begin, client, echo, endOf, refuseResumes, stage, start, stageTunnels } from './kit/stages/tunnels'

stageTunnels()

describe('a session that cannot be ended', () => {
  beforeEach(() => begin())

  it('is ended at the next wake, and one that no longer exists is forgotten', async () => {
    const { tunnel, reach } = start()
    await reach('up')
    stage.simulator.failNext('TerminateSession', { code: 'ExpiredTokenException', status: 400 })
    stage.simulator.failNext('TerminateSession', { code: 'Unforeseen' })
    // Without Flag 2 nothing but the call ends it.
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
