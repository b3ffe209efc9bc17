import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  acknowledgeInputs,
  channelClosed,
  portReady,
  type Gateway,
  type GatewayOptions,
} from '../../../e2e/kit/wire/gateway'
import { output } from '../../../e2e/kit/wire/naive'
import {
  openSessionStage,
  type SessionStage,
  type SessionStart,
  type StartedSession,
} from '../../../e2e/kit/wire/session'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { SessionOptions } from './parts'

let stage: SessionStage
let gateway: Gateway

async function begin(options: Partial<GatewayOptions> = {}): Promise<void> {
  stage = await openSessionStage(options)
  gateway = stage.gateway
}
const start = (options: SessionStart = {}): StartedSession => stage.start(options)

afterEach(async () => {
  vi.useRealTimers()
  await stage[Symbol.asyncDispose]()
})

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
    const { session } = start({ timing: { attemptMs: 50, resumeDeadlineMs: 3_600_000, firstRetryMs: 10 } })
    await expect(session).rejects.toMatchObject({ code: 'network' })
    expect(gateway.terminated).toEqual(['session-1'])
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
    await begin({
      resumeSession: () => {
        isAsked.resolve()
        return new Promise(() => undefined)
      },
    })
    const { session, told } = start()
    const running = await session
    stage.opened[0]?.close()
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
  await vi.waitFor(() => expect(limited.forecast.endsAt).toBeDefined())
  const unknown = await start({
    service: { ...gateway.service, preferences: () => Promise.reject(new AppError('access-denied', 'no')) },
  }).session
  await new Promise(setImmediate)
  expect(unknown.forecast).toEqual({ recycleAt: expect.any(Number) })
})
