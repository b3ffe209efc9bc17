// Whole sessions over real sockets: the core on one side, the simulator on the other, nothing in between replaced.

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { ConnectionBudget } from '../electron/core/tunnels/budgets'
import { defaultTiming } from '../electron/core/sessions/timing'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import type { Shell } from '../electron/core/sessions/shell'
import type { AppError } from '../shared/errors'
import { openStage } from './kit/aws/environment'
import { client, open, signal, stage, target, stageSessions } from './kit/stages/sessions'

stageSessions()

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

  it('says which permission to look for where the gateway refuses every form, and leaves no session', async () => {
    for (let time = 0; time < 3; time += 1)
      stage.simulator.failNext('OpenDataChannel', { code: 'Forbidden', status: 403 })
    await expect(stage.environment.openShell({ target, signal })).rejects.toMatchObject({
      code: 'upgrade-refused',
      message: expect.stringContaining('ssmmessages:OpenDataChannel'),
    })
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
  })

  it('uses the address before where a resume returns a token and no address', async () => {
    const { tunnel } = await open(7)
    const resumes = () => stage.simulator.sessions().find((each) => each.id === tunnel.sessionId)!.resumes
    stage.simulator.omitNextUrl()
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await vi.waitFor(() => expect(resumes()).toBe(1))
    // The next resume names an address again.
    stage.simulator.cut(tunnel.sessionId, 'rst')
    await vi.waitFor(() => expect(resumes()).toBe(2))
    await tunnel[Symbol.asyncDispose]()
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
