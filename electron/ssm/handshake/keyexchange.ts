// How client and agent agree on a session's keys, and what is encrypted from then on.
//
//   plain -> asked (KMS makes a data key) -> keyed (the agent has our response) -> proven (its challenge is answered)
//
// Owns the session's cipher and the call to KMS that is under way; both end with the channel. Keys and the nonce counter
// outlive sockets: messages that are sent again are the same bytes. Source: specification §6.

import { AppError, asError } from '../../../shared/errors'
import { PayloadCipher, encryptionContext, isSealedInput, isSealedOutput, type RequestDataKey } from './encryption'
import type { DataKey } from '../../../shared/session'
import { formatChallenge, parseChallenge, type KmsRequest } from '../codec/payloads'

// The agent waits 15 s for our response and then gives up without a reason. A slow KMS is reported before that.
const KEY_WAIT_MS = 12_000

/** What the client needs to encrypt a session. */
export interface EncryptionOptions {
  readonly sessionId: string
  /** The target exactly as StartSession got it: the agent puts the same text into the key's context. */
  readonly targetId: string
  readonly requestDataKey: RequestDataKey
}

/** The result of the agent's request for a key. */
export type KeyOutcome =
  /** `isChallengeUsed` is absent where the agent gave no challenge. */
  | { readonly kind: 'key'; readonly ciphertextBlob: Uint8Array; readonly isChallengeUsed?: boolean }
  | { readonly kind: 'failed'; readonly error: AppError }

/** The encryption of one channel. Everything passes unchanged until the agent has asked for encryption. */
export class KeyExchange {
  readonly #options: EncryptionOptions | undefined
  readonly #life = new AbortController()
  #phase: 'plain' | 'asked' | 'keyed' | 'proven' = 'plain'
  #cipher: PayloadCipher | undefined

  /** Without options the channel cannot encrypt. */
  constructor(options: EncryptionOptions | undefined) {
    this.#options = options
  }

  get canEncrypt(): boolean {
    return this.#options !== undefined
  }

  /** Whether encryption was asked for and the keys are not proven yet: no user bytes may pass in either direction. */
  get isUnfinished(): boolean {
    return this.#phase === 'asked' || this.#phase === 'keyed'
  }

  /**
   * Gets a data key for what the agent asks for. Called once. Never rejects; fails with the codes of `requestDataKey`. AWS's
   * plugin never puts the challenge into the key's context, so there are key policies that allow its two names only: where KMS
   * denies the key with the challenge, it is asked once more without.
   */
  async obtain(request: KmsRequest): Promise<KeyOutcome> {
    const options = this.#options
    if (options === undefined) throw new AppError('internal', 'This channel has no key service. Report this.')
    this.#phase = 'asked'
    const { sessionId, targetId, requestDataKey } = options
    const { kmsKeyId, challenge } = request
    const late = setTimeout(() => {
      const text = 'AWS KMS did not give the key of the session in time. Check the network and try again.'
      this.#life.abort(new AppError('timeout', text))
    }, KEY_WAIT_MS)
    try {
      const ask = (used: string | undefined): Promise<DataKey> => {
        const context = encryptionContext({ sessionId, targetId, challenge: used })
        return requestDataKey({ kmsKeyId, encryptionContext: context }, this.#life.signal)
      }
      let isChallengeUsed = challenge !== undefined
      const key = await ask(challenge).catch((error: unknown) => {
        if (!isChallengeUsed || !(error instanceof AppError) || error.code !== 'access-denied') throw error
        isChallengeUsed = false
        return ask(undefined)
      })
      this.#take(key)
      const { ciphertextBlob } = key
      return { kind: 'key', ciphertextBlob, ...(challenge === undefined ? {} : { isChallengeUsed }) }
    } catch (error) {
      return { kind: 'failed', error: toAppError(error) }
    } finally {
      clearTimeout(late)
    }
  }

  /**
   * Answers the agent's challenge, which proves to both sides that they have the same keys. Only one challenge is answered:
   * answering more would let an attacker in between have any output of the agent encrypted as input for it. Throws
   * `encryption-failed` and `protocol`.
   */
  answerChallenge(payload: Buffer): Buffer {
    if (this.#phase !== 'keyed' || this.#cipher === undefined) {
      throw new AppError(
        'protocol',
        'The agent sent an encryption challenge that it may not send now. Start a new session.',
      )
    }
    const sealed = parseChallenge(payload)
    let challenge: Buffer
    try {
      challenge = this.#cipher.open(sealed)
    } catch (error) {
      const text =
        'The agent does not have the key that AWS KMS made for this session. Check the KMS key of the Session Manager preferences and start a new session.'
      throw new AppError('encryption-failed', text, { cause: error })
    }
    const answer = formatChallenge(this.#cipher.seal(challenge))
    challenge.fill(0)
    this.#phase = 'proven'
    return answer
  }

  /** Encrypts a payload for the agent where its type is encrypted. Called once for each message. */
  seal(payloadType: number, payload: Buffer): Buffer {
    return this.#cipher === undefined || !isSealedInput(payloadType) ? payload : this.#cipher.seal(payload)
  }

  /** Decrypts a payload of the agent where its type is encrypted. Throws `encryption-failed`. */
  open(payloadType: number, payload: Buffer): Buffer {
    return this.#cipher === undefined || !isSealedOutput(payloadType) ? payload : this.#cipher.open(payload)
  }

  /** Ends the call that is under way and zeroes the keys. Idempotent. */
  destroy(): void {
    this.#life.abort(new AppError('session-ended', 'The session was ended.'))
    this.#cipher?.destroy()
  }

  #take(key: DataKey): void {
    try {
      // The session has ended meanwhile: the key is not used.
      this.#life.signal.throwIfAborted()
      this.#cipher = new PayloadCipher(key.plaintext)
      this.#phase = 'keyed'
    } finally {
      key.plaintext.fill(0)
    }
  }
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('internal', `The key of the session could not be got (${asError(error).message}). Try again.`)
}
