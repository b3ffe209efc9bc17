// Encrypted sessions over real sockets: our client and its KMS calls on one side, the simulator's agent and its KMS on the
// other. Each side has its own cipher implementation.

import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Shell } from '../electron/core/sessions/shell'
import type { SimulatorOptions } from '../electron/simulator/simulator'
import type { AppError } from '../shared/errors'
import { openStage, type Stage } from './kit/aws/environment'

const signal = new AbortController().signal
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
let stage: Stage
let target: string

async function begin(encryption: NonNullable<SimulatorOptions['encryption']> = {}): Promise<void> {
  stage = await openStage({ encryption })
  target = stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')!.id
}

afterEach(async () => {
  expect(stage.active()).toEqual([])
  await stage.close()
})

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

const openShell = (abort = signal): Promise<Shell> =>
  stage.environment.openShell({ target, size: { cols: 97, rows: 31 }, signal: abort })

/** Resolves with the error of a shell that cannot be opened. */
async function refusal(): Promise<AppError> {
  return openShell().then(
    () => Promise.reject(new Error('it was opened')),
    (error: unknown) => error as AppError,
  )
}

describe('an encrypted shell', () => {
  it('is opened without the random challenge where the policy of the key allows two names in its context', async () => {
    await begin({ randomChallenge: 'offered' })
    stage.simulator.keys.allowsChallenge = false
    const shell = await openShell()
    await shell.write(Buffer.from('echo hello-$((40+2))\r'))
    await until(shell, /hello-42/)
    const names = { 'aws:ssm:SessionId': shell.sessionId, 'aws:ssm:TargetId': target }
    expect(stage.simulator.keys.contexts).toEqual([
      { ...names, 'aws:ssm:RandomChallenge': expect.stringMatching(/==$/) },
      names,
    ])
    await shell[Symbol.asyncDispose]()
  })

  it('is not opened where that policy stands and the agent requires the challenge', async () => {
    await begin({ randomChallenge: 'required' })
    stage.simulator.keys.allowsChallenge = false
    await refusal()
    expect(stage.simulator.keys.contexts.length).toBe(2)
  })

  it.each(['none', 'offered', 'required'] as const)(
    'runs commands, with a random challenge that is %s',
    async (mode) => {
      await begin({ randomChallenge: mode })
      const shell = await openShell()
      await shell.write(Buffer.from('echo hello-$((40+2)); stty size\r'))
      expect(await until(shell, /hello-42[\s\S]*\d+ \d+\r\n/)).toMatch(/31 97/)
      shell.resize({ cols: 120, rows: 40 })
      await shell.write(Buffer.from('stty size\r'))
      await until(shell, /40 120/)
      expect(stage.simulator.keys.contexts).toEqual([
        {
          'aws:ssm:SessionId': shell.sessionId,
          'aws:ssm:TargetId': target,
          ...(mode === 'none' ? {} : { 'aws:ssm:RandomChallenge': expect.stringMatching(/^[\w+/]{22}==$/) }),
        },
      ])
      await shell.write(Buffer.from('exit\r'))
      expect(await shell.ended).toEqual({ text: '', exitCode: undefined })
      await shell[Symbol.asyncDispose]()
    },
  )

  it.each(['close-1000', 'rst', 'fin'] as const)('goes on with its keys after a cut (%s)', async (how) => {
    await begin()
    const shell = await openShell()
    await shell.write(Buffer.from('echo one-$((1+1))\r'))
    await until(shell, /one-2/)
    stage.simulator.cut(shell.sessionId, how)
    await shell.write(Buffer.from('echo two-$((1+2))\r'))
    await until(shell, /two-3/)
    expect(stage.simulator.keys.contexts.length).toBe(1)
    const [session] = stage.simulator.sessions()
    expect([session!.resumes, session!.counters.alteredRetransmits, session!.counters.malformed]).toEqual([1, 0, 0])
    await shell[Symbol.asyncDispose]()
  })

  it('is cut while its key is being made, and opens all the same', async () => {
    await begin()
    const asked = stage.simulator.delayNext('GenerateDataKey', 300)
    const opening = openShell()
    await asked
    stage.simulator.cut(stage.active()[0]!)
    const shell = await opening
    await shell.write(Buffer.from('echo one-$((1+1))\r'))
    await until(shell, /one-2/)
    await shell[Symbol.asyncDispose]()
  })

  it('that is cancelled while its key is being made leaves no session', async () => {
    await begin()
    const asked = stage.simulator.delayNext('GenerateDataKey', 60_000)
    const abort = new AbortController()
    const opening = openShell(abort.signal)
    await asked
    abort.abort(new Error('changed my mind'))
    await expect(opening).rejects.toThrow('changed my mind')
    expect(stage.active()).toEqual([])
  })

  it('ends with encryption-failed when a payload of the agent is changed on its way', async () => {
    await begin()
    const shell = await openShell()
    await until(shell, /\$ $/)
    stage.simulator.corrupt(shell.sessionId)
    const ended = shell.ended.catch((error: unknown) => error)
    await shell.write(Buffer.from('echo one\r'))
    expect(await ended).toMatchObject({ code: 'encryption-failed' })
    await shell[Symbol.asyncDispose]()
  })
})

describe('a key', () => {
  it('check 25: that is not the one the agent has ends the session clearly', async () => {
    await begin()
    stage.simulator.keys.failNext('wrong-key')
    expect(await refusal()).toMatchObject({
      code: 'encryption-failed',
      message: expect.stringContaining('does not have the key that AWS KMS made for this session'),
    })
  })

  it('that the agent cannot open is told with what the agent says', async () => {
    await begin()
    stage.simulator.keys.failNext('corrupt-blob')
    expect(await refusal()).toMatchObject({
      code: 'encryption-failed',
      message: expect.stringMatching(/Unable to retrieve data key, InvalidCiphertextException.*kms:Decrypt/),
    })
  })

  it('that we may not have made is access-denied, naming kms:GenerateDataKey and the key', async () => {
    await begin()
    const message = `User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: kms:GenerateDataKey on resource: ${stage.simulator.keys.keyArn} because no identity-based policy allows the kms:GenerateDataKey action`
    // With the agent's challenge in the context of the key, and without.
    for (let time = 0; time < 2; time += 1)
      stage.simulator.failNext('GenerateDataKey', { code: 'AccessDeniedException', message })
    expect(await refusal()).toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining(`may not perform kms:GenerateDataKey on ${stage.simulator.keys.keyArn}`),
    })
  })

  it('that does not exist or is disabled is key-denied', async () => {
    await begin({ kmsKeyId: 'alias/none' })
    expect(await refusal()).toMatchObject({ code: 'key-denied', message: expect.stringContaining('alias/none') })
    await stage.close()
    await begin()
    stage.simulator.keys.isEnabled = false
    expect(await refusal()).toMatchObject({ code: 'key-denied', message: expect.stringContaining('is disabled') })
  })
})

describe('a forward of an account that encrypts', () => {
  async function echo(howMany: number): Promise<void> {
    const tunnel = await stage.environment.openTunnel({
      target,
      remotePort: 7,
      signal,
      onState: () => undefined,
      onEvent: () => undefined,
    })
    const bytes = randomBytes(howMany)
    const socket: Socket = connect({ host: '127.0.0.1', port: tunnel.port })
    const chunks: Buffer[] = []
    let total = 0
    let isCut = false
    const whole = new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        total += chunk.length
        if (total >= howMany) resolve()
        if (isCut || total < howMany / 3) return
        isCut = true
        stage.simulator.cut(tunnel.sessionId)
        socket.write(bytes.subarray(howMany / 2))
      })
    })
    socket.write(bytes.subarray(0, howMany / 2))
    await whole
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(bytes))
    expect(stage.simulator.sessions()[0]!.resumes).toBe(1)
    expect(stage.simulator.sessions()[0]!.counters.alteredRetransmits).toBe(0)
    socket.destroy()
    await tunnel[Symbol.asyncDispose]()
  }

  it('is not encrypted, asks for no key, and works', async () => {
    await begin()
    await echo(200_000)
    expect(stage.simulator.keys.contexts).toEqual([])
  })

  it('is byte-exact through a cut in the middle where an agent encrypts it nonetheless', async () => {
    await begin({ hasPorts: true })
    await echo(600_000)
    expect(stage.simulator.keys.contexts.length).toBe(1)
  })
})
