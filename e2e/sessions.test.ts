// Whole sessions over real sockets: the core on one side, the simulator on the other, nothing in between replaced.

import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import { ConnectionBudget } from '../electron/core/tunnels/budgets'
import { listen } from '../electron/core/tunnels/listener'
import { defaultTiming } from '../electron/core/sessions/timing'
import { openTunnel } from '../electron/core/tunnels/tunnel'
import type { Tunnel, TunnelService } from '../electron/core/tunnels/parts'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { sourceBytes } from '../electron/simulator/world/bytesource'
import type { Shell } from '../electron/core/sessions/shell'
import type { AppError } from '../shared/errors'
import type { TunnelEvent, TunnelState } from '../shared/model/forward'
import { openStage, type Stage } from './kit/environment'

const signal = new AbortController().signal
let stage: Stage
let target: string

beforeEach(async () => {
  stage = await openStage()
  target = stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')!.id
})
afterEach(async () => {
  expect(stage.active()).toEqual([])
  await stage.close()
})

/** Opens a tunnel with what it tells recorded. */
async function open(remotePort: number, more: { remoteHost?: string; target?: string } = {}) {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const tunnel = await stage.environment.openTunnel({
    target,
    remotePort,
    signal,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
    ...more,
  })
  return { tunnel, states, events }
}

function client(tunnel: Pick<Tunnel, 'port'>, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host, port: tunnel.port })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

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

/** Collects a shell's output until it contains `wanted`. */
function until(shell: Shell, wanted: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('utf8')
      if (!wanted.test(text)) return
      shell.output.off('data', onData)
      resolve(text)
    }
    shell.output.on('data', onData)
    shell.ended.then(() => reject(new Error(`ended before ${String(wanted)}: ${text}`)), reject)
  })
}

describe('a shell', () => {
  it('runs commands in a terminal of the size that was sent first, resizes, and ends by itself', async () => {
    const shell = await stage.environment.openShell({ target, size: { cols: 97, rows: 31 }, signal })
    await shell.write(Buffer.from('echo hello-$((40+2)); stty size\r'))
    expect(await until(shell, /hello-42[\s\S]*\d+ \d+\r\n/)).toMatch(/31 97/)
    shell.resize({ cols: 120, rows: 40 })
    await shell.write(Buffer.from('stty size\r'))
    await until(shell, /40 120/)
    await shell.write(Buffer.from('exit\r'))
    expect(await shell.ended).toEqual({ text: '', exitCode: undefined })
    await shell[Symbol.asyncDispose]()
  })

  it('check 27: takes a lone line feed for Enter and leaves a pasted one alone', async () => {
    const shell = await stage.environment.openShell({ target, size: { cols: 80, rows: 24 }, signal })
    await shell.write(Buffer.from("stty -icanon -icrnl -echo; printf 'got:'; head -c 5 | od -An -tx1\r"))
    await until(shell, /got:(?!')/)
    await shell.write(Buffer.from('a\nb'))
    await shell.write(Buffer.from('\n'))
    await shell.write(Buffer.from('c'))
    await until(shell, /61 0a 62 0d 63/)
    await shell[Symbol.asyncDispose]()
  })

  it('comes back after its socket is cut, with what was typed meanwhile', async () => {
    const resuming: boolean[] = []
    const shell = await stage.environment.openShell({
      target,
      size: { cols: 80, rows: 24 },
      signal,
      onResuming: (progress) => resuming.push(progress !== undefined),
    })
    await shell.write(Buffer.from('echo one-$((1+1))\r'))
    await until(shell, /one-2/)
    stage.simulator.cut(shell.sessionId, 'close-1000')
    await shell.write(Buffer.from('echo two-$((1+2))\r'))
    await until(shell, /two-3/)
    expect(resuming).toEqual([true, false])
    await shell[Symbol.asyncDispose]()
  })

  it('that is disposed of is terminated at the service', async () => {
    const shell = await stage.environment.openShell({ target, signal })
    expect(stage.active()).toEqual([shell.sessionId])
    await shell[Symbol.asyncDispose]()
    expect(stage.active()).toEqual([])
  })
})

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
      startSession: async (request, abort) => {
        await gate
        return account.startSession(request, abort)
      },
      resumeSession: (id, abort) => account.resumeSession(id, abort),
      terminateSession: (id, abort) => account.terminateSession(id, abort),
      preferences: (abort) => account.preferences(abort),
      generateDataKey: (request, abort) => account.generateDataKey(request, abort),
      describeTarget: (id, abort) => account.describeTarget(id, abort),
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

describe('a raw connection', () => {
  it('check 38: carries 1 MB byte-exact and ends when it is disposed of', async () => {
    const raw = await stage.environment.openRawSession({ target, remotePort: 22, signal })
    const data = randomBytes(1_000_000)
    const chunks: Buffer[] = []
    let total = 0
    const all = new Promise<void>((resolve) => {
      raw.stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        total += chunk.length
        if (total === 21 + data.length) resolve()
      })
    })
    raw.stream.write(data)
    await all
    const bytes = Buffer.concat(chunks)
    expect(bytes.subarray(0, 21).toString()).toBe('SSH-2.0-CulvertDemo\r\n')
    expect(bytes.subarray(21).equals(data)).toBe(true)
    await raw[Symbol.asyncDispose]()
  })

  it('says that nobody listens', async () => {
    const raw = await stage.environment
      .openRawSession({ target, remotePort: 2, signal })
      .catch((error: AppError) => error)
    const error = 'stream' in raw ? await new Promise<Error>((resolve) => raw.stream.once('error', resolve)) : raw
    expect((error as AppError).code).toBe('destination-refused')
    if ('stream' in raw) await raw[Symbol.asyncDispose]()
  })
})

describe('starting', () => {
  for (const [upgradePolicy, isSigned] of [
    ['signed-only', true],
    ['unsigned-only', false],
  ] as const) {
    it(`gets through a gateway that lets in ${upgradePolicy.replace('-only', '')} upgrades only`, async () => {
      const strict = await openStage({ upgradePolicy })
      const shell = await strict.environment.openShell({ target, size: { cols: 80, rows: 24 }, signal })
      expect(strict.simulator.sessions()[0]!.opened.map((opened) => opened.isSigned)).toEqual([isSigned])
      await shell[Symbol.asyncDispose]()
      await strict.close()
    })
  }

  it('says which permission to look for where the gateway refuses both, and leaves no session', async () => {
    for (let time = 0; time < 2; time += 1)
      stage.simulator.failNext('OpenDataChannel', { code: 'Forbidden', status: 403 })
    await expect(stage.environment.openShell({ target, signal })).rejects.toMatchObject({
      code: 'upgrade-refused',
      message: expect.stringContaining('ssmmessages:OpenDataChannel'),
    })
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
  })

  it('check 8: uses the address that a resume returns', async () => {
    const { tunnel } = await open(7)
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await vi.waitFor(() => {
      expect(stage.simulator.sessions().find((each) => each.id === tunnel.sessionId)!.resumes).toBe(1)
    })
    const { opened } = stage.simulator.sessions().find((each) => each.id === tunnel.sessionId)!
    expect(new Set(opened.map((each) => each.clientId)).size).toBe(1)
    const socket = await client(tunnel)
    socket.write('still here')
    expect((await new Promise<Buffer>((resolve) => socket.once('data', resolve))).toString()).toBe('still here')
    socket.destroy()
    await tunnel[Symbol.asyncDispose]()
  })

  it('fails with a code of its own for an offline agent, and opens nothing', async () => {
    const offline = stage.simulator.world.instances.find((each) => each.pingStatus === 'ConnectionLost')!
    await expect(open(80, { target: offline.id })).rejects.toMatchObject({ code: 'agent-offline' })
  })

  it('ends the session that was started when it is aborted', async () => {
    const controller = new AbortController()
    const opening = stage.environment.openShell({ target, signal: controller.signal })
    controller.abort(new Error('changed our mind'))
    await expect(opening).rejects.toThrow('changed our mind')
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
  })
})

describe('two environments of one process', () => {
  it('hold what their programs do not read on one budget', async () => {
    // More than the system's own buffers take of it.
    const size = 16 * 1_024 * 1_024
    const receive = new ReceiveBudget({ perHolderBytes: 2 * size, perProcessBytes: 2 * size })
    const budgets = { receive, connections: new ConnectionBudget(undefined) }
    for (const each of [await openStage({}, defaultTiming, budgets), await openStage({}, defaultTiming, budgets)]) {
      const tunnel = await each.environment.openTunnel({
        target: each.simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!.id,
        remotePort: 9001,
        signal,
        onState: () => undefined,
        onEvent: () => undefined,
      })
      const socket = connect({ host: '127.0.0.1', port: tunnel.port }).pause()
      const length = Buffer.alloc(8)
      length.writeBigUInt64BE(BigInt(size))
      socket.write(length)
      while (receive.heldBytes < 1_000_000) await new Promise((resolve) => setImmediate(resolve))
      socket.destroy()
      await tunnel[Symbol.asyncDispose]()
      expect(receive.heldBytes).toBe(0)
      await each.close()
    }
  })
})
