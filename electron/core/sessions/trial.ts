// A session for the doctor, which goes through its life step by step: started, opened, measured, resumed by order, ended.
//
//   begin -> (tryForms) -> open -> probe, resume, connections -> end
//
// It renews nothing by itself: a step that fails has failed. Owns the session at the service: disposing ends it, whatever has happened.
// Source: specification §2, §8.6, §10.5.

import { deferred, type Deferred } from '../../../shared/deferred'
import { AppError, asAppError, asError } from '../../../shared/errors'
import type { SessionTicket, StartSessionRequest, UpgradeAttempt } from '../../../shared/session'
import type { SessionAbout } from '../../../shared/sessionnote'
import type { Instance } from '../../../shared/model/instance'
import { Channel } from '../../ssm/channel/channel'
import { dial } from '../../ssm/channel/socket'
import type { ProbeResult } from '../../ssm/channel/probe'
import type { Wire } from '../../ssm/channel/wire'
import { PayloadType } from '../../ssm/codec/message'
import { formatSize } from '../../ssm/codec/payloads'
import type { ChannelReady } from '../../ssm/handshake/agreement'
import { createPort } from '../../ssm/port/create'
import type { Port } from '../../ssm/port/port'
import { streamAddress } from '../../ssm/streamurl'
import { unlessAborted } from '../async/aborting'
import { requestFor } from './request/documents'
import { endpointOf } from './request/endpoint'
import { endOrOwe } from './owedend'
import type { OpenOptions } from './parts'
import { reach } from './refusal'
import { WINDOWS_FIRST_OUTPUT_MS } from './shell'

// StartSession answers within two seconds. Its retries on throttling take longer.
const START_MS = 30_000
const END_MS = 10_000
/** The last try to end a session, when a person has stopped the doctor. */
const DISPOSE_MS = 2_500
const RESUME_MS = 30_000
const SIZE = { cols: 80, rows: 24 }

/** What to open. Without a port: the account's shell document. */
export interface TrialOptions extends OpenOptions {
  readonly remotePort?: number
  readonly remoteHost?: string
  /** Decides how long the first output may take. */
  readonly platform?: Instance['platform']
  /** Takes the output of a shell. Must not throw. */
  readonly onOutput?: (bytes: Buffer) => void
}

/** Whether the service lets in an upgrade of one form. */
export interface TriedForm {
  readonly form: NonNullable<UpgradeAttempt['form']>
  /** Absent: accepted. */
  readonly error?: AppError
}

function requestOf(options: TrialOptions): Promise<StartSessionRequest> {
  const { remotePort, remoteHost } = options
  if (remotePort === undefined) return requestFor({ ...options, use: 'shell' })
  return requestFor({ ...options, use: remoteHost === undefined ? 'port' : 'remoteHost' })
}

/**
 * Starts a session and opens nothing yet. Rejects with the codes of `requestFor` and of StartSession. The signal does not cut this
 * call short; a session that was started meanwhile is ended before this rejects with the signal's reason.
 */
export async function beginTrial(options: TrialOptions): Promise<Trial> {
  const { about, remotePort, remoteHost } = options
  const port =
    remotePort === undefined ? undefined : { remotePort, ...(remoteHost === undefined ? {} : { remoteHost }) }
  const use: SessionAbout = port === undefined ? { type: 'shell' } : { type: 'port', endpoint: endpointOf(port) }
  const request = { ...(await requestOf(options)), about: { ...use, ...about } }
  options.signal.throwIfAborted()
  // The service may have started the session already, and it would stay open.
  const ticket = await options.service.startSession(request, AbortSignal.timeout(START_MS))
  const trial = new Trial(options, ticket)
  if (options.signal.aborted) await trial[Symbol.asyncDispose]()
  options.signal.throwIfAborted()
  return trial
}

/** A session that was started. Disposing ends it; that never rejects. */
export class Trial implements AsyncDisposable {
  readonly sessionId: string
  readonly #options: TrialOptions
  readonly #channel: Channel
  readonly #ready = deferred<ChannelReady>()
  #ticket: SessionTicket
  #wire: Wire | undefined
  #port: Port | undefined
  #resumed: Deferred<void> | undefined
  #isEnded = false

  /** Use `beginTrial`. */
  constructor(options: TrialOptions, ticket: SessionTicket) {
    const { service, timing, target, platform, budget } = options
    this.#options = options
    this.#ticket = ticket
    this.sessionId = ticket.sessionId
    // Unhandled rejections would end the process; `open` may never be called.
    this.#ready.promise.catch(() => undefined)
    this.#channel = new Channel({
      heartbeat: timing.heartbeat,
      ...(platform === 'windows' ? { firstAnswerMs: WINDOWS_FIRST_OUTPUT_MS } : {}),
      encryption: {
        sessionId: ticket.sessionId,
        targetId: target,
        requestDataKey: (request, signal) => service.generateDataKey(request, signal),
      },
      handlers: {
        ready: (ready, channel) => {
          this.#ready.resolve(ready)
          service.noted?.(ticket.sessionId, { kind: 'state', state: 'active' })
          if (options.remotePort === undefined) {
            // A shell without a handshake has sent nothing yet: something has to be acknowledged before the path can be proven.
            channel.send(PayloadType.size, formatSize(SIZE))
            return { receive: (_type, payload) => options.onOutput?.(payload) }
          }
          this.#port = createPort(channel, ready, budget)
          return this.#port
        },
        lost: (cause) => this.#fail(cause),
        resumed: () => this.#resumed?.resolve(),
        closed: (text) => this.#fail(new AppError('session-ended', sentenceOfEnd(text))),
        failed: (error) => this.#fail(error),
      },
    })
  }

  /** The connections of a port session; undefined for a shell, and before it is open. */
  get port(): Port | undefined {
    return this.#port
  }

  /** Tries every form of the upgrade, and hangs up before the token is sent: it stays good. */
  async tryForms(): Promise<readonly TriedForm[]> {
    const { service, signal } = this.#options
    const url = streamAddress(this.#ticket.streamUrl, service)
    const agent = service.agentFor(url)
    const tried: TriedForm[] = []
    for (const { form, headers } of await service.signUpgrade(url, signal)) {
      if (form === undefined) continue
      try {
        const wire = await dial({ url, headers, agent, signal })
        wire.close(1_000)
        tried.push({ form })
      } catch (error) {
        signal.throwIfAborted()
        tried.push({ form, error: asAppError(error) })
      }
    }
    return tried
  }

  /** Opens the data channel and resolves when the agent has agreed. Rejects with the codes of `startSession` in session.ts. */
  async open(): Promise<ChannelReady> {
    await this.#attach(this.#ticket)
    return unlessAborted(this.#ready.promise, this.#options.signal)
  }

  /** See `Channel`. */
  probe(timeoutMs: number): Promise<ProbeResult> {
    return this.#channel.probe(timeoutMs)
  }

  /** Sends bytes to the shell; resolves when there is room for more. */
  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.#channel.write(bytes, resolve))
  }

  /** Sends one payload as one message. False while the channel is not ready. */
  send(payloadType: number, payload: Buffer): boolean {
    return this.#channel.send(payloadType, payload)
  }

  /** See `Channel`. */
  drained(timeoutMs: number): Promise<boolean> {
    return this.#channel.drained(timeoutMs)
  }

  /**
   * Resumes the session and resolves with how long that took, ms, once the agent has answered over the new socket. `lost`: the old
   * socket is dropped before. `open`: it stays until the new one is there. Rejects with the codes of ResumeSession and of `reach`.
   */
  async resume(from: 'lost' | 'open'): Promise<number> {
    const { service, signal } = this.#options
    const limit = AbortSignal.any([signal, AbortSignal.timeout(RESUME_MS)])
    const startedAt = performance.now()
    if (from === 'lost') this.#wire?.terminate()
    const resumed = deferred()
    resumed.promise.catch(() => undefined)
    const ticket = await service.resumeSession(this.sessionId, limit)
    this.#resumed = resumed
    await this.#attach({ ...ticket, streamUrl: ticket.streamUrl || this.#ticket.streamUrl })
    await unlessAborted(resumed.promise, limit).catch((error: unknown) => {
      if (!limit.aborted || signal.aborted) throw error
      throw new AppError('timeout', `The agent did not answer over the new connection within ${RESUME_MS / 1_000} s.`)
    })
    return Math.round(performance.now() - startedAt)
  }

  /** Ends the session at the service. Rejects with the codes of TerminateSession. */
  async end(): Promise<void> {
    this.#close()
    await this.#options.service.terminateSession(this.sessionId, AbortSignal.timeout(END_MS))
    this.#isEnded = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
    if (this.#isEnded) return
    this.#isEnded = true
    const { service, wakeables } = this.#options
    await endOrOwe((signal) => service.terminateSession(this.sessionId, signal), DISPOSE_MS, wakeables)
  }

  async #attach(ticket: SessionTicket): Promise<void> {
    const { service, signal } = this.#options
    this.#ticket = ticket
    const wire = await reach(service, ticket, signal)
    this.#wire = wire
    this.#channel.attach(wire, ticket.tokenValue)
  }

  #close(): void {
    this.#channel.close()
    this.#port?.destroy(new AppError('session-ended', 'The session was ended.'))
  }

  /** Tells whichever step is under way. */
  #fail(error: Error): void {
    this.#ready.reject(asError(error))
    this.#resumed?.reject(asError(error))
  }
}

function sentenceOfEnd(text: string): string {
  const said = text.trim() === '' ? 'without a reason' : `"${text.trim()}"`
  return `The service ended the session (${said}): see whether the instance runs and its agent may open this kind of session.`
}
