import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  acknowledgeInputs,
  channelClosed,
  openOptions,
  portReady,
  startGateway,
  type Gateway,
  type GatewayOptions,
  type GatewaySocket,
} from '../../../e2e/kit/gateway'
import { acknowledgement, output } from '../../../e2e/kit/naive'
import { deferred } from '../../../shared/deferred'
import type { Diagnostic } from '../../../shared/diagnostics'
import { AppError } from '../../../shared/errors'
import type { SessionEnd, SessionOptions } from './parts'
import { startSession, type Session } from './session'
import type { Timing } from './timing'

let gateway: Gateway
const sessions: Session[] = []

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(sessions.splice(0).map((session) => session[Symbol.asyncDispose]()))
  await gateway[Symbol.asyncDispose]()
})

/** A gateway whose first socket of a session becomes ready and whose later ones are proven. `opened` are its sockets in order. */
async function begin(options: Partial<GatewayOptions> = {}): Promise<GatewaySocket[]> {
  const opened: GatewaySocket[] = []
  gateway = await startGateway({
    ...options,
    onOpen: (socket) => {
      opened.push(socket)
      if (options.onOpen !== undefined) options.onOpen(socket)
      else socket.send(...(socket.index === 0 ? portReady : [acknowledgement(0)]))
    },
  })
  return opened
}

/** Starts a session on the gateway; everything that it tells is kept. */
function start(more: Partial<SessionOptions> = {}, timing: Partial<Timing> = {}) {
  const told: string[] = []
  const received: string[] = []
  const ended = deferred<SessionEnd>()
  const resumed = deferred<number>()
  const options = openOptions(gateway)
  const session = startSession({
    ...options,
    timing: { ...options.timing, ...timing },
    request: { target: options.target },
    handlers: {
      ready: ({ sessionType }) => {
        told.push(`ready ${sessionType}`)
        return { receive: (payloadType, payload) => received.push(`${payloadType} ${payload.toString()}`) }
      },
      resuming: ({ attempt, retryAt }) => {
        if (retryAt === undefined) told.push(`attempt ${attempt}`)
      },
      resumed: (pausedMs) => {
        told.push('resumed')
        resumed.resolve(pausedMs)
      },
      ended: (end) => {
        told.push(`ended by ${end.by}`)
        ended.resolve(end)
      },
    },
    ...more,
  }).then((opened) => {
    sessions.push(opened)
    return opened
  })
  return { session, told, received, ended: ended.promise, resumed: resumed.promise }
}

describe('the start', () => {
  it('hands what comes to the receiver that ready returns, in order, and tells the end last', async () => {
    await begin({
      onOpen: (opened) => opened.send(...portReady, output(2, 'one'), output(3, 'two', 11), channelClosed('')),
    })
    const { told, received, ended } = start()
    expect((await ended).by).toBe('service')
    expect([told, received]).toEqual([
      ['ready Port', 'ended by service'],
      ['1 one', '11 two'],
    ])
  })

  it('that is aborted while AWS starts the session ends that session: it would stay Active', async () => {
    const isAsked = deferred()
    const answer = deferred()
    await begin({
      startSession: (ticket) => {
        isAsked.resolve()
        return answer.promise.then(() => ticket)
      },
    })
    const abort = new AbortController()
    const { session } = start({ signal: abort.signal })
    await isAsked.promise
    abort.abort(new AppError('session-ended', 'changed my mind'))
    answer.resolve()
    await expect(session).rejects.toThrow('changed my mind')
    expect([gateway.started, gateway.terminated]).toEqual([['session-1'], ['session-1']])
  })

  it('that is aborted while nothing answers rejects with the reason, and leaves nothing among the wakeables', async () => {
    const isOpened = deferred()
    await begin({ onOpen: () => isOpened.resolve() })
    const abort = new AbortController()
    const wakeables: SessionOptions['wakeables'] = new Set()
    const { session } = start({ signal: abort.signal, wakeables })
    await isOpened.promise
    expect(wakeables.size).toBe(1)
    abort.abort(new AppError('session-ended', 'changed my mind'))
    await expect(session).rejects.toThrow('changed my mind')
    expect([wakeables.size, gateway.terminated]).toEqual([0, ['session-1']])
  })

  it('tells every other wakeable that the service can be reached', async () => {
    await begin()
    const reached: string[] = []
    const wakeables: SessionOptions['wakeables'] = new Set()
    for (const name of ['a', 'b']) wakeables.add({ wake: () => undefined, reached: () => void reached.push(name) })
    await start({ wakeables }).session
    expect(reached).toEqual(['a', 'b'])
  })

  it('gives up after the time of one attempt where the socket is lost before the session is ready', async () => {
    await begin({
      onOpen: (socket) => socket.close(),
      resumeSession: () => Promise.reject(new AppError('network', 'no network')),
    })
    const { session } = start({}, { attemptMs: 50, resumeDeadlineMs: 3_600_000, firstRetryMs: 10 })
    await expect(session).rejects.toMatchObject({ code: 'network' })
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('a lost socket', () => {
  it('is replaced over the address that the resume returned, and the log is told with the session and the attempts', async () => {
    const dialled: string[] = []
    const opened = await begin({
      resumeSession: (ticket, count) =>
        count === 1
          ? Promise.reject(new AppError('throttled', 'slow down'))
          : Promise.resolve({ ...ticket, streamUrl: `${ticket.streamUrl}?moved` }),
    })
    const entries: Diagnostic[] = []
    const service = {
      ...gateway.service,
      diagnose: (entry: Diagnostic) => void entries.push(entry),
      signUpgrade: (streamUrl: string) => {
        dialled.push(streamUrl.replace(/^.*\//, ''))
        return Promise.resolve(undefined)
      },
    }
    const { session, told, resumed } = start({ service })
    await session
    opened[0]?.close()
    const pausedMs = await resumed
    expect(pausedMs).toBeGreaterThanOrEqual(0)
    expect(told).toEqual(['ready Port', 'attempt 1', 'attempt 2', 'resumed'])
    expect(dialled).toEqual(['session-1', 'session-1?moved'])
    expect(entries.filter(({ kind }) => kind === 'resume')).toEqual([
      { kind: 'resume', sessionId: 'session-1', pausedMs, attempts: 2 },
    ])
  })

  it('ends the session with the error that no further attempt can mend', async () => {
    const opened = await begin({ resumeSession: () => Promise.reject(new AppError('access-denied', 'not allowed')) })
    const { session, told, ended } = start()
    await session
    opened[0]?.close()
    expect(await ended).toMatchObject({ by: 'failure', text: '', cause: { code: 'access-denied' } })
    expect(told).toEqual(['ready Port', 'attempt 1', 'ended by failure'])
  })

  /** Loses the socket and wakes the session `afterMs` into its first attempt; `answer` answers an attempt. */
  async function wakeInAttempt(afterMs: number) {
    vi.useFakeTimers({ toFake: ['Date'] })
    const answers = [deferred(), deferred()]
    const isAsked = [deferred(), deferred()]
    const opened = await begin({
      resumeSession: (ticket, count) => {
        isAsked[count - 1]?.resolve()
        return answers[count - 1]!.promise.then(() => ticket)
      },
    })
    const service = {
      ...gateway.service,
      // AWS's SDK rejects as soon as its signal is aborted.
      resumeSession: (sessionId: string, signal: AbortSignal) =>
        Promise.race([
          gateway.service.resumeSession(sessionId, signal),
          new Promise<never>((_, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
          ),
        ]),
    }
    const { session, resumed } = start({ service }, { firstRetryMs: 1, maxRetryMs: 1 })
    const running = await session
    opened[0]?.close()
    await isAsked[0]?.promise
    vi.setSystemTime(Date.now() + afterMs)
    running.wake()
    return { answers, isAsked, resumed }
  }

  it('is tried anew by a wake where the attempt is older than 3 s', async () => {
    const { answers, isAsked, resumed } = await wakeInAttempt(3_100)
    await isAsked[1]?.promise
    answers[1]?.resolve()
    await resumed
    expect(gateway.resumed).toEqual(['session-1', 'session-1'])
  })

  it('is left to an attempt that is younger than 3 s at a wake', async () => {
    const { answers, resumed } = await wakeInAttempt(2_900)
    answers[0]?.resolve()
    await resumed
    expect(gateway.resumed).toEqual(['session-1'])
  })
})

describe('the end', () => {
  it('by flag sends Flag 2 behind what was written, and ends the session at the service when it is acknowledged', async () => {
    const order: string[] = []
    await begin({
      onTerminate: () => void order.push('TerminateSession'),
      onOpen: (socket) => {
        socket.send(...portReady)
        void acknowledgeInputs(socket, ({ payloadType, payload }) =>
          order.push(`${payloadType} ${payload.toString('hex')}`),
        )
      },
    })
    const { session } = start({
      handlers: {
        ready: (_ready, channel) => {
          channel.write(Buffer.from('aa', 'hex'), () => undefined)
          return { receive: () => undefined }
        },
        resuming: () => undefined,
        resumed: () => undefined,
        ended: () => undefined,
      },
    })
    await (await session).terminate({ byFlag: true })
    expect(order.slice(1)).toEqual(['1 aa', '10 00000002', 'TerminateSession'])
  })

  it('without a flag sends none, and is the same end however often it is asked for', async () => {
    const inputs: number[] = []
    await begin({
      onOpen: (socket) => {
        socket.send(...portReady)
        void acknowledgeInputs(socket, ({ payloadType }) => inputs.push(payloadType))
      },
    })
    const { session, told } = start()
    const running = await session
    const first = running.terminate({ byFlag: false })
    expect(running.terminate({ byFlag: true })).toBe(first)
    await first
    expect(inputs).not.toContain(10)
    expect([told, gateway.terminated]).toEqual([['ready Port', 'ended by owner'], ['session-1']])
  })

  it('during an outage waits for no acknowledgement', async () => {
    const isAsked = deferred()
    const opened = await begin({
      resumeSession: () => {
        isAsked.resolve()
        return new Promise(() => undefined)
      },
    })
    const { session, told } = start()
    const running = await session
    opened[0]?.close()
    await isAsked.promise
    // A wait for the acknowledgement would now never end.
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    await running.terminate({ byFlag: true })
    expect([told.at(-1), gateway.terminated]).toEqual(['ended by owner', ['session-1']])
  })

  it('that AWS cannot be told of is owed, and paid at the next wake', async () => {
    await begin()
    const wakeables: SessionOptions['wakeables'] = new Set()
    let isReachable = false
    const service = {
      ...gateway.service,
      terminateSession: (sessionId: string, signal: AbortSignal) =>
        isReachable
          ? gateway.service.terminateSession(sessionId, signal)
          : Promise.reject(new AppError('network', 'no network')),
    }
    const running = await start({ service, wakeables }).session
    await running[Symbol.asyncDispose]()
    expect([gateway.terminated, wakeables.size]).toEqual([[], 1])
    isReachable = true
    for (const waiting of wakeables) waiting.wake()
    await vi.waitFor(() => expect(wakeables.size).toBe(0))
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

it('knows how long it may live once the account has told its limits, and no less where it does not tell', async () => {
  await begin()
  const limited = await start({
    service: {
      ...gateway.service,
      preferences: () => Promise.resolve({ idleTimeoutMs: 1_200_000, maxDurationMs: 3_600_000, isRead: true }),
    },
  }).session
  await vi.waitFor(() => expect(limited.timeLeft).not.toEqual({}))
  const unknown = await start({
    service: { ...gateway.service, preferences: () => Promise.reject(new AppError('access-denied', 'no')) },
  }).session
  await new Promise(setImmediate)
  expect(unknown.timeLeft).toEqual({})
})
