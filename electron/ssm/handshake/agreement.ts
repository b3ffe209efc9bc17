// What client and agent agree on before user bytes may flow: the session's type and, where it is encrypted, the keys.
//
//   request -> [key from KMS] -> our one response -> [challenge -> answer] -> complete
//
// Owns the channel's handshake and its keys. Does not own the order of messages, deadlines of the socket or readiness: those
// are the channel's. Source: specification §5, §6.

import { AppError } from '../../../shared/errors'
import { formatResponse, readHandshake, type AgentHandshake } from './request'
import { KeyExchange, type EncryptionOptions, type KeyOutcome } from './keyexchange'
import { PayloadType } from '../codec/message'

/** What is known once user data may flow. */
export interface ChannelReady {
  /** `Standard_Stream` where the agent skipped the handshake. */
  readonly sessionType: string
  readonly properties: Readonly<Record<string, string>>
  /** Undefined where the agent skipped the handshake. */
  readonly agentVersion: string | undefined
  /** The agent's message to the user, often "", at most 2 kB. */
  readonly customerMessage: string
}

/** What an agreement needs of its channel. */
export interface AgreementOptions {
  /** Undefined: the channel cannot encrypt. */
  readonly encryption: EncryptionOptions | undefined
  /** Numbers and sends a message of the handshake. */
  readonly send: (payloadType: number, payload: Buffer) => void
  /** The session cannot go on. */
  readonly fail: (error: AppError) => void
}

/** The handshake of one channel. Does nothing after `destroy`. */
export class Agreement {
  readonly keys: KeyExchange
  readonly #options: AgreementOptions
  #handshake: AgentHandshake | undefined
  #isOver = false

  constructor(options: AgreementOptions) {
    this.#options = options
    this.keys = new KeyExchange(options.encryption)
  }

  /** Whether the agent has asked for anything yet. */
  get hasBegun(): boolean {
    return this.#handshake !== undefined
  }

  /** Takes a HandshakeRequest. A second one is ignored: a second response would block the agent's reader for ever. */
  request(payload: Buffer): void {
    if (this.#handshake !== undefined) return
    const handshake = readHandshake(payload, { canEncrypt: this.keys.canEncrypt })
    this.#handshake = handshake
    if (handshake.encryption === undefined || handshake.error !== undefined) this.#respond(handshake, undefined)
    else void this.keys.obtain(handshake.encryption).then((key) => this.#respond(handshake, key))
  }

  /** Takes an EncChallengeRequest. Throws `encryption-failed` and `protocol`. */
  challenge(payload: Buffer): void {
    this.#options.send(PayloadType.challengeResponse, this.keys.answerChallenge(payload))
  }

  /** Returns what was agreed. Throws `protocol` where the keys are not proven yet. */
  complete(customerMessage: string): ChannelReady {
    if (this.keys.isUnfinished) {
      const text = 'The agent went on before the encryption of the session was agreed. Start a new session.'
      throw new AppError('protocol', text)
    }
    return {
      sessionType: this.#handshake?.sessionType ?? 'Standard_Stream',
      properties: this.#handshake?.properties ?? {},
      agentVersion: this.#handshake?.agentVersion,
      customerMessage,
    }
  }

  /** Ends a call to KMS that is under way, and zeroes the keys. Idempotent. */
  destroy(): void {
    this.#isOver = true
    this.keys.destroy()
  }

  #respond(handshake: AgentHandshake, key: KeyOutcome | undefined): void {
    if (this.#isOver) return
    this.#options.send(PayloadType.handshakeResponse, formatResponse(handshake, key))
    const error = key?.kind === 'failed' ? key.error : handshake.error
    if (error !== undefined) this.#options.fail(error)
  }
}
