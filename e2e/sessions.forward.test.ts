// Port sessions over real sockets: the core on one side, the simulator on the other, nothing in between replaced.

import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import { ConnectionBudget } from '../electron/core/tunnels/budgets'
import { listen } from '../electron/core/tunnels/listener'
import { defaultTiming } from '../electron/core/sessions/timing'
import { openTunnel } from '../electron/core/tunnels/tunnel'
import type { TunnelService } from '../electron/core/tunnels/parts'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { sourceBytes } from '../electron/simulator/world/bytesource'
import type { AppError } from '../shared/errors'
import { client, open, signal, stage, target, stageSessions } from './kit/stages/sessions'
import { ResumePermission } from '../electron/core/sessions/resume/permission'

stageSessions()

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(bytes))
  return head
}

async function readAll(socket: Socket, onChunk: (total: number) => void = () => undefined): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer)
    total += (chunk as Buffer).length
    onChunk(total)
  }
  return Buffer.concat(chunks)
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('a forward', () => {
  it('reads the internal page on both loopback addresses, and a page of a host that only the instance reaches', async () => {
    const { tunnel } = await open(8_080)
    for (const host of ['127.0.0.1', '[::1]']) {
      const page = await fetch(`http://${host}:${tunnel.port}/`, { headers: { connection: 'close' } })
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('web-2')])
    }
    await tunnel[Symbol.asyncDispose]()
    const remote = await open(80, { remoteHost: 'intranet.internal' })
    const page = await fetch(`http://127.0.0.1:${remote.tunnel.port}/`, { headers: { connection: 'close' } })
    expect(await page.text()).toContain('ntranet')
    await remote.tunnel[Symbol.asyncDispose]()
  })

  for (const how of ['close-1000', 'rst', 'fin'] as const) {
    it(`carries 8 MB each way byte-exact while its socket is cut in the middle (${how}), in the same session, with one resume`, async () => {
      const size = 8_000_000
      const down = await open(9_001)
      let before = 0
      const reader = await client(down.tunnel)
      reader.write(lengthOf(size))
      const bytes = await readAll(reader, (total) => {
        if (before > 0 || total < size / 3) return
        before = total
        stage.simulator.cut(down.tunnel.sessionId, how)
      })
      expect(before).toBeGreaterThan(0)
      expect(bytes.length - before).toBeGreaterThan(0)
      expect(sha256(bytes)).toBe(sha256(Buffer.concat([...sourceBytes(size)])))

      const up = await open(9_000)
      const data = randomBytes(size)
      const writer = await client(up.tunnel)
      writer.write(lengthOf(size))
      const answer = readAll(writer)
      let sent = 0
      for (let at = 0; at < size; at += 65_536) {
        const chunk = data.subarray(at, at + 65_536)
        if (!writer.write(chunk)) await new Promise((resolve) => writer.once('drain', resolve))
        if (sent === 0 && writer.bytesWritten > size / 3) {
          sent = writer.bytesWritten
          stage.simulator.cut(up.tunnel.sessionId, how)
        }
      }
      expect(sent).toBeGreaterThan(0)
      expect(sent).toBeLessThan(size)
      expect((await answer).toString()).toBe(`${sha256(data)}\n`)

      for (const each of [down, up]) {
        const record = stage.simulator.sessions().find((session) => session.id === each.tunnel.sessionId)!
        expect(record.resumes).toBe(1)
        expect(record.counters.alteredRetransmits).toBe(0)
        expect(each.states.map((state) => state.kind)).toEqual(['connecting', 'up', 'reconnecting', 'up'])
        expect(each.events.filter((event) => event.kind === 'resumed')).toMatchObject([{ connectionsKept: 1 }])
        await each.tunnel[Symbol.asyncDispose]()
      }
    })
  }

  it('check 32: carries a hundred connections at once, both ways, each with its own bytes', async () => {
    const { tunnel } = await open(7)
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const socket = await client(tunnel, index % 2 === 0 ? '127.0.0.1' : '::1')
        const data = randomBytes(40_000 + index * 100)
        const received: Buffer[] = []
        let total = 0
        const echoed = new Promise<void>((resolve, reject) => {
          socket.on('error', reject)
          socket.on('data', (chunk: Buffer) => {
            received.push(chunk)
            total += chunk.length
            if (total === data.length) resolve()
          })
        })
        socket.write(data)
        await echoed
        socket.destroy()
        return sha256(Buffer.concat(received)) === sha256(data)
      }),
    )
    expect(outcomes.filter(Boolean).length).toBe(100)
    await tunnel[Symbol.asyncDispose]()
  })

  it('check 34: resets the connection to a refused port, says why, and keeps listening', async () => {
    const { tunnel, events, states } = await open(2)
    for (const round of [1, 2]) {
      const socket = await client(tunnel)
      await expect(readAll(socket)).rejects.toThrow('ECONNRESET')
      await vi.waitFor(() => {
        const failures = events.filter((event) => event.kind === 'connection-failed')
        expect(failures.map((event) => event.error.code)).toEqual(
          Array.from({ length: round }, () => 'destination-refused'),
        )
      })
    }
    expect(states.at(-1)!.kind).toBe('up')
    await tunnel[Symbol.asyncDispose]()
  })

  it('ends with the agent’s own words where forwarding is forbidden', async () => {
    const outcome = await open(80, { remoteHost: '169.254.169.254' })
      .then(
        ({ tunnel }) => tunnel.ended,
        (error: unknown) => Promise.reject(error as Error),
      )
      .catch((error: AppError) => error)
    expect((outcome as AppError).code).toBe('destination-forbidden')
    expect((outcome as AppError).message).toContain('169.254.169.254')
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
  })

  it('holds a connection that comes before the session is ready, and serves it then', async () => {
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { endpointUrl, region, credentials } = stage.simulator
    await using account = await openAccount({ endpointUrl, region, credentials, env: {} })
    // The real account, only that its StartSession waits for us.
    const service: TunnelService = {
      region,
      endpointUrl,
      keysOutlook: () => account.keysOutlook(),
      startSession: async (request, abort) => {
        await gate
        return account.startSession(request, abort)
      },
      resumeSession: (id, abort) => account.resumeSession(id, abort),
      terminateSession: (id, abort) => account.terminateSession(id, abort),
      preferences: (abort) => account.preferences(abort),
      generateDataKey: (request, abort) => account.generateDataKey(request, abort),
      describeTarget: (id, abort) => account.describeTarget(id, abort),
      connectionStatus: (id, abort) => account.connectionStatus(id, abort),
      identity: (abort) => account.identity(abort),
      signUpgrade: (url, abort) => account.signUpgrade(url, abort),
      agentFor: (url) => account.agentFor(url),
    }
    const free = await listen({ port: 0, onConnection: () => undefined })
    await free[Symbol.asyncDispose]()
    const opening = openTunnel({
      service,
      budget: new ReceiveBudget(),
      connectionBudget: new ConnectionBudget(undefined),
      wakeables: new Set(),
      permission: new ResumePermission(),
      timing: defaultTiming,
      target,
      remotePort: 7,
      localPort: free.port,
      signal,
      onState: () => undefined,
      onEvent: () => undefined,
    })
    const socket = await vi.waitFor(() => client({ port: free.port }))
    socket.write('early')
    const echoed = new Promise<Buffer>((resolve) => socket.once('data', resolve))
    release()
    expect((await echoed).toString()).toBe('early')
    socket.destroy()
    const tunnel = await opening
    await tunnel[Symbol.asyncDispose]()
  })

  it('check 39: sends Flag 2 and has it acknowledged, frees its port, resets its connections and leaves no session', async () => {
    const { tunnel, states } = await open(7)
    const socket = await client(tunnel)
    socket.write('x')
    await new Promise((resolve) => socket.once('data', resolve))
    const gone = new Promise((resolve) => socket.once('error', resolve))
    await tunnel[Symbol.asyncDispose]()
    expect(String(await gone)).toContain('ECONNRESET')
    await expect(client(tunnel)).rejects.toThrow('ECONNREFUSED')
    expect(states.at(-1)).toEqual({ kind: 'off' })
    expect(stage.active()).toEqual([])
    const { log } = stage.simulator.sessions().find((each) => each.id === tunnel.sessionId)!
    const flags = log.filter((message) => message.from === 'client' && message.payloadType === 10)
    expect(flags.length).toBe(1)
  })

  it('works in basic mode with an old agent, one connection after the other', async () => {
    const old = stage.simulator.world.instances.find((each) => each.agentVersion === '3.0.150.0')!
    const { tunnel } = await open(7, { target: old.id })
    for (const text of ['first', 'second']) {
      const socket = await client(tunnel)
      socket.write(text)
      expect((await new Promise<Buffer>((resolve) => socket.once('data', resolve))).toString()).toBe(text)
      socket.destroy()
    }
    await tunnel[Symbol.asyncDispose]()
  })
})
