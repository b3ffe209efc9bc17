// The two loops of a tunnel over real sockets: a session that resumes, a tunnel that restarts, and what both wait for.

import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { begin, client, echo, endOf, refuseResumes, stage, start, stageTunnels } from './kit/stages/tunnels'

stageTunnels()

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
    // A wait has a time that can be counted down, an attempt has none.
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
    // Not before it waits: an attempt that is under way is left alone.
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
    // It tries again every now and then, so it is waiting at this moment or at the next.
    expect(await reach('waiting')).toMatchObject({ for: 'login' })
    faults.apply({ kind: 'clear' })
    await reach('up')
    expect(await echo(held, 'held until now')).toBe('held until now')
    held.destroy()
  })
})
