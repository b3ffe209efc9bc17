// The handshake of one session as a conversation: what has been asked, what is awaited, and for how long.
//
//   new -> response (HandshakeRequest sent) -> [challenge (EncChallengeRequest sent)] -> over (HandshakeComplete sent, or stopped)
//
// Owns the one timer of the handshake. The texts and the judgement are handshake.ts, the keys are keys.ts. Numbering and
// acknowledging belong to the session. Source: amazon-ssm-agent agent/session/datachannel; specification §5.

import { PayloadType, type Message } from '../../ssm/codec/message'
import {
  HANDSHAKE_TIMED_OUT,
  HANDSHAKE_TIMEOUT_MS,
  handshakeComplete,
  handshakeRequest,
  judgeHandshakeResponse,
  type HandshakeVerdict,
} from './handshake'
import { CHALLENGE_TIMED_OUT, type AgentKeys } from './keys'
import type { Handled, SessionPlan } from './plugin'

/** What an opening is made of. */
export interface OpeningOptions {
  readonly agentVersion: string
  readonly plan: SessionPlan
  /** Undefined: the session is not encrypted. */
  readonly keys: AgentKeys | undefined
  readonly send: (payloadType: number, payload: Buffer) => void
  /** A stream message came before the handshake was complete; it is thrown away. */
  readonly onEarlyData: () => void
  /** The plugin may run. Called at most once, and not after a stop. */
  readonly onComplete: () => void
  /** The handshake has failed with this text. Called at most once, and not after a stop. */
  readonly onFailure: (error: string) => void
}

/** The agent's side of one handshake. `stop` it with the session. */
export class Opening {
  readonly #options: OpeningOptions
  #awaited: 'new' | 'response' | 'challenge' | 'over' = 'new'
  #clientVersion = ''
  #hasResponse = false
  #requestedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: OpeningOptions) {
    this.#options = options
  }

  /** As the client reported it; "" before it did. */
  get clientVersion(): string {
    return this.#clientVersion
  }

  /** Sends the HandshakeRequest. A session without a handshake never calls this. */
  begin(): void {
    const { agentVersion, plan, keys, send } = this.#options
    this.#awaited = 'response'
    this.#requestedAt = performance.now()
    send(PayloadType.handshakeRequest, handshakeRequest(agentVersion, plan, keys?.parameters))
    this.#limit(HANDSHAKE_TIMED_OUT)
  }

  /**
   * Takes a stream message in its turn. Undefined: the message is not part of the handshake. Throws on a message that makes
   * no sense, which is a handler error: such a message is not acknowledged.
   */
  receive({ payloadType, payload }: Message): Handled | undefined {
    if (payloadType === PayloadType.handshakeResponse) return this.#takeResponse(payload)
    if (this.#awaited === 'challenge' && payloadType === PayloadType.challengeResponse) {
      this.#options.keys?.checkAnswer(payload)
      queueMicrotask(() => this.#complete())
      return 'handled'
    }
    if (this.#awaited !== 'response' && this.#awaited !== 'challenge') return undefined
    this.#options.onEarlyData()
    return 'handled'
  }

  /** The session ends: nothing is awaited any more. */
  stop(): void {
    this.#awaited = 'over'
    clearTimeout(this.#timer)
  }

  #takeResponse(payload: Buffer): Handled {
    const verdict = judgeHandshakeResponse(payload)
    // The agent hands a response to an unbuffered Go channel that is read once: a second response hangs its reader (§5.1).
    if (this.#hasResponse || this.#awaited !== 'response') return new Promise(() => undefined)
    this.#hasResponse = true
    clearTimeout(this.#timer)
    this.#clientVersion = verdict.clientVersion
    // Another thread of the agent goes on from here, so the acknowledgement leaves first.
    queueMicrotask(() => {
      if (this.#awaited !== 'response') return
      if (verdict.error !== '') this.#fail(verdict.error)
      else if (this.#options.keys === undefined) this.#complete()
      else this.#challenge(this.#options.keys, verdict)
    })
    return 'handled'
  }

  #challenge(keys: AgentKeys, verdict: HandshakeVerdict): void {
    try {
      if ('kmsResult' in verdict) keys.accept(verdict.kmsResult)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#fail(`Fetching data key failed: Unable to retrieve data key, ${why}`)
      return
    }
    this.#awaited = 'challenge'
    const challenge = keys.challengeRequest()
    if (challenge !== undefined) this.#options.send(PayloadType.challengeRequest, challenge)
    this.#limit(CHALLENGE_TIMED_OUT)
  }

  #complete(): void {
    if (this.#awaited !== 'response' && this.#awaited !== 'challenge') return
    const { plan, keys, send, onComplete } = this.#options
    this.stop()
    const durationMs = performance.now() - this.#requestedAt
    const client = { version: this.#clientVersion, isEncrypted: keys !== undefined }
    send(PayloadType.handshakeComplete, handshakeComplete(durationMs, plan, client))
    onComplete()
  }

  #fail(error: string): void {
    this.stop()
    this.#options.onFailure(error)
  }

  #limit(error: string): void {
    this.#timer = setTimeout(() => this.#fail(error), HANDSHAKE_TIMEOUT_MS)
  }
}
