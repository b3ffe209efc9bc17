import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  acknowledgeInputs,
  channelClosed,
  openOptions,
  ready,
  startGateway,
  type Gateway,
  type GatewaySocket,
} from '../../../e2e/kit/wire/gateway'
import { output, type NaiveMessage } from '../../../e2e/kit/wire/naive'
import { deferred } from '../../../shared/deferred'
import { PayloadType } from '../../ssm/codec/message'
import { formatSize } from '../../ssm/codec/payloads'
import { ReceiveBudget } from '../../ssm/port/budget'
import { openShell, type Shell, type ShellOptions } from './shell'

let gateway: Gateway
const shells: Shell[] = []

afterEach(async () => {
  await Promise.all(shells.splice(0).map((shell) => shell[Symbol.asyncDispose]()))
  await gateway[Symbol.asyncDispose]()
})

/** Opens a shell on a gateway whose agent begins with `frames`. What the client sends is kept and acknowledged. */
async function open(frames: readonly Buffer[], more: Partial<ShellOptions> = {}) {
  const inputs: NaiveMessage[] = []
  const opened = deferred<GatewaySocket>()
  gateway = await startGateway({
    onOpen: (socket) => {
      socket.send(...frames)
      opened.resolve(socket)
      void acknowledgeInputs(socket, (message) => inputs.push(message))
    },
  })
  const shell = await openShell({ ...openOptions(gateway), ...more })
  shells.push(shell)
  return {
    shell,
    socket: await opened.promise,
    /** What was typed, and sizes, as texts; the handshake's response is left out. */
    typed: () =>
      inputs
        .filter(({ payloadType }) => payloadType !== PayloadType.handshakeResponse)
        .map(({ payload }) => payload.toString()),
  }
}

async function read(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('input', () => {
  it('is Enter where it is a lone line feed in a terminal, and stays what it is where it was pasted', async () => {
    const { shell, typed } = await open(ready('Standard_Stream'))
    for (const text of ['a\n', '\n', '\r\n']) {
      await shell.write(Buffer.from(text))
      await vi.waitFor(() => expect(typed().join('').length).toBeGreaterThan(0))
    }
    await vi.waitFor(() => expect(typed().join('')).toBe('a\n\r\r\n'))
  })

  it('of a command without a terminal is never changed', async () => {
    const { shell, typed } = await open(ready('NonInteractiveCommands'))
    await shell.write(Buffer.from('\n'))
    await vi.waitFor(() => expect(typed()).toEqual(['\n']))
  })

  it('comes behind the size, which is sent again only when it has changed', async () => {
    const { shell, typed } = await open(ready('Standard_Stream'), { size: { cols: 97, rows: 31 } })
    shell.resize({ cols: 97, rows: 31 })
    shell.resize({ cols: 98, rows: 31 })
    await shell.write(Buffer.from('x'))
    await vi.waitFor(() => expect(typed()).toHaveLength(3))
    const size = (cols: number): string => formatSize({ cols, rows: 31 }).toString()
    expect(typed()).toEqual([size(97), size(98), 'x'])
  })

  it('that was written before the shell is disposed of reaches the agent, also where the messages before are under way', async () => {
    const { shell, typed } = await open(ready('Standard_Stream'))
    for (const text of ['e', 'x', 'i', 't', '\r']) void shell.write(Buffer.from(text))
    await shell[Symbol.asyncDispose]()
    await vi.waitFor(() => expect(typed().join('')).toBe('exit\r'))
  })
})

describe('output', () => {
  it('is told apart from errors, and the exit code is known at the end', async () => {
    const frames = [
      output(2, 'out '),
      output(3, 'err', PayloadType.stdErr),
      output(4, 'put'),
      output(5, 'EXIT_CODE: 3', PayloadType.exitCode),
      channelClosed(''),
    ]
    const { shell } = await open([...ready('NonInteractiveCommands'), ...frames])
    const [text, errors, end] = await Promise.all([read(shell.output), read(shell.stderr), shell.ended])
    expect([text, errors, end]).toEqual(['out put', 'err', { text: '', exitCode: 3 }])
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('whose reader stalls beyond the budget ends the session, and rejects with why', async () => {
    const budget = new ReceiveBudget({ perHolderBytes: 20_000, perProcessBytes: 1_000_000 })
    const flood = Array.from({ length: 40 }, (_, index) => output(index + 2, 'x'.repeat(1_024)))
    const { shell } = await open([...ready('Standard_Stream'), ...flood], { budget })
    await expect(shell.ended).rejects.toMatchObject({ code: 'reader-stalled' })
    expect(shell.output.destroyed).toBe(true)
    await vi.waitFor(() => expect([gateway.terminated, budget.heldBytes]).toEqual([['session-1'], 0]))
  })
})

describe('the end', () => {
  it('that the service gives a reason for is told as a sentence', async () => {
    const { shell } = await open([...ready('Standard_Stream'), channelClosed('a strange reason')])
    expect(await shell.ended).toEqual({ text: expect.stringContaining('a strange reason'), exitCode: undefined })
  })
})

describe('readiness', () => {
  it.each([
    ['linux', 30],
    ['windows', 90],
  ] as const)('of a shell on %s fails after %i s without any output', async (platform, seconds) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const isOpened = deferred()
    gateway = await startGateway({ onOpen: () => isOpened.resolve() })
    try {
      let isOver = false
      const opening = openShell({ ...openOptions(gateway), platform })
      opening.catch(() => undefined).finally(() => (isOver = true))
      await isOpened.promise
      await vi.advanceTimersByTimeAsync((seconds - 1) * 1_000)
      expect(isOver).toBe(false)
      await vi.advanceTimersByTimeAsync(2_000)
      await expect(opening).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringContaining(`within ${seconds} seconds`),
      })
    } finally {
      vi.useRealTimers()
    }
  })

  /** Opens a shell of `document` whose agent says nothing; resolves with whether it is ready after `ms` of quiet. */
  async function isReadyAfter(ms: number, document: string | undefined): Promise<boolean> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const isOpened = deferred()
    const parameters = document?.startsWith('AWS-') === true ? { command: ['sleep 60'] } : {}
    gateway = await startGateway({ onOpen: () => isOpened.resolve() })
    const abort = new AbortController()
    try {
      const opening = openShell({
        ...openOptions(gateway),
        signal: abort.signal,
        ...(document === undefined ? {} : { document: { name: document, parameters } }),
      })
      const outcome = opening.then(
        () => true,
        () => false,
      )
      await isOpened.promise
      await vi.advanceTimersByTimeAsync(ms)
      abort.abort(new Error('enough'))
      if (await outcome) shells.push(await opening)
      return await outcome
    } finally {
      vi.useRealTimers()
    }
  }

  it('of a document whose program may print nothing comes after 10 s of quiet', async () => {
    expect(await isReadyAfter(10_000, 'My-Document')).toBe(true)
  })

  it('of a shell, and of the document that tells by its handshake, does not', async () => {
    for (const document of [undefined, 'SSM-SessionManagerRunShell', 'AWS-StartNonInteractiveCommand']) {
      expect(await isReadyAfter(20_000, document)).toBe(false)
      await gateway[Symbol.asyncDispose]()
    }
    gateway = await startGateway({ onOpen: () => undefined })
  })
})
