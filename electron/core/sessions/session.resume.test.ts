import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Gateway, GatewayOptions } from '../../../e2e/kit/wire/gateway'
import {
  openSessionStage,
  type SessionStage,
  type SessionStart,
  type StartedSession,
} from '../../../e2e/kit/wire/session'
import { deferred } from '../../../shared/deferred'
import type { Diagnostic } from '../../../shared/diagnostics'
import { AppError } from '../../../shared/errors'

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

describe('a lost socket', () => {
  it('is replaced over the address that the resume returned, and the log is told with the session and the attempts', async () => {
    const dialled: string[] = []
    await begin({
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
        return Promise.resolve([{ headers: {}, worked: () => undefined }])
      },
    }
    const { session, told, resumed } = start({ service })
    await session
    stage.opened[0]?.close()
    const pausedMs = await resumed
    expect(pausedMs).toBeGreaterThanOrEqual(0)
    expect(told).toEqual(['ready Port', 'attempt 1', 'attempt 2', 'resumed'])
    expect(dialled).toEqual(['session-1', 'session-1?moved'])
    expect(entries.filter(({ kind }) => kind === 'resume')).toEqual([
      { kind: 'resume', sessionId: 'session-1', pausedMs, attempts: 2 },
    ])
  })

  it('ends the session with the error that no further attempt can mend', async () => {
    await begin({ resumeSession: () => Promise.reject(new AppError('access-denied', 'not allowed')) })
    const { session, told, ended } = start()
    await session
    stage.opened[0]?.close()
    expect(await ended).toMatchObject({ by: 'failure', text: '', cause: { code: 'access-denied' } })
    expect(told).toEqual(['ready Port', 'attempt 1', 'ended by failure'])
  })

  /** Loses the socket and wakes the session `afterMs` into its first attempt; `answer` answers an attempt. */
  async function wakeInAttempt(afterMs: number) {
    vi.useFakeTimers({ toFake: ['Date'] })
    const answers = [deferred(), deferred()]
    const isAsked = [deferred(), deferred()]
    await begin({
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
    const { session, resumed } = start({ service, timing: { firstRetryMs: 1, maxRetryMs: 1 } })
    const running = await session
    stage.opened[0]?.close()
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
