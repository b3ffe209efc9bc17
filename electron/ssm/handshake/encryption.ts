// The encryption of a session's payloads: AES-256-GCM under a data key of AWS KMS.
//
//   data key, 64 bytes:  [0, 32) agent to client   [32, 64) client to agent
//   sealed payload:      nonce 12 | ciphertext n | tag 16, no additional data
//
// Owns the two keys of one session, over all its sockets, and zeroes them at its end. Does not own the handshake that agrees on
// them (keyexchange.ts), nor the call to KMS. Source: specification §6.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { DataKey, DataKeyRequest } from '../../../shared/session'
import { AppError } from '../../../shared/errors'
import { PayloadType } from '../codec/message'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** What KMS is asked for: one key for each direction. */
const DATA_KEY_BYTES = 2 * KEY_BYTES

/** Has KMS make a data key of 64 bytes. Rejects with an `AppError`, and soon after `signal` is aborted. */
export type RequestDataKey = (request: DataKeyRequest, signal: AbortSignal) => Promise<DataKey>

/** The context of a session's data key; `challenge` is the agent's, verbatim, where it gave one. */
export function encryptionContext(names: {
  readonly sessionId: string
  readonly targetId: string
  readonly challenge: string | undefined
}): Record<string, string> {
  const { sessionId, targetId, challenge } = names
  return {
    'aws:ssm:SessionId': sessionId,
    'aws:ssm:TargetId': targetId,
    ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
  }
}

/** Whether payloads of this type are sealed on their way to the agent. */
export function isSealedInput(payloadType: number): boolean {
  return payloadType === PayloadType.output
}

/** Whether payloads of this type come sealed from the agent. */
export function isSealedOutput(payloadType: number): boolean {
  return (
    payloadType === PayloadType.output || payloadType === PayloadType.stdErr || payloadType === PayloadType.exitCode
  )
}

/** The client's half of the encryption of one session. Unusable after `destroy`. */
export class PayloadCipher {
  readonly #openingKey: Buffer
  readonly #sealingKey: Buffer
  readonly #nonce: Buffer
  #isDestroyed = false

  /**
   * Copies the keys out of `dataKey`, which stays the caller's to zero. `firstNonce` is random unless a test wants bytes it
   * can predict. Throws `encryption-failed` unless the data key has 64 bytes.
   */
  constructor(dataKey: Uint8Array, firstNonce: Uint8Array = randomBytes(NONCE_BYTES)) {
    if (dataKey.length !== DATA_KEY_BYTES) {
      const text = `AWS KMS gave a key of ${dataKey.length} bytes instead of 64. Try again.`
      throw new AppError('encryption-failed', text)
    }
    // Outside the shared pool of Buffers, so that zeroing leaves no copy of the keys.
    this.#openingKey = Buffer.alloc(KEY_BYTES)
    this.#sealingKey = Buffer.alloc(KEY_BYTES)
    this.#openingKey.set(dataKey.subarray(0, KEY_BYTES))
    this.#sealingKey.set(dataKey.subarray(KEY_BYTES))
    this.#nonce = Buffer.from(firstNonce)
  }

  /** Encrypts one payload (any length, also 0) towards the agent: 28 bytes longer, a nonce that no other payload has. */
  seal(plain: Buffer): Buffer {
    this.#check()
    const cipher = createCipheriv(CIPHER, this.#sealingKey, this.#nonce)
    const sealed = Buffer.concat([this.#nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    this.#advance()
    return sealed
  }

  /** Decrypts one payload of the agent. Throws `encryption-failed` where it was changed or made with another key. */
  open(sealed: Buffer): Buffer {
    this.#check()
    if (sealed.length < NONCE_BYTES + TAG_BYTES) throw notOurs(undefined)
    const end = sealed.length - TAG_BYTES
    try {
      const nonce = sealed.subarray(0, NONCE_BYTES)
      const decipher = createDecipheriv(CIPHER, this.#openingKey, nonce, { authTagLength: TAG_BYTES })
      decipher.setAuthTag(sealed.subarray(end))
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()])
    } catch (error) {
      throw notOurs(error)
    }
  }

  /** Zeroes the keys. Idempotent. */
  destroy(): void {
    this.#isDestroyed = true
    this.#openingKey.fill(0)
    this.#sealingKey.fill(0)
  }

  // Without this check a zeroed key would still encrypt, and anyone could decrypt the result.
  #check(): void {
    if (this.#isDestroyed) throw new AppError('internal', 'A session that has ended was asked to encrypt. Report this.')
  }

  // A counter of 96 bits, lowest byte first, from a random start: no nonce comes twice under one key.
  #advance(): void {
    for (let index = 0; index < NONCE_BYTES; index += 1) {
      const next = ((this.#nonce[index] ?? 0) + 1) & 0xff
      this.#nonce[index] = next
      if (next !== 0) return
    }
  }
}

function notOurs(cause: unknown): AppError {
  const text =
    'A message of the encrypted session could not be decrypted: it was changed on its way, or made with another key. Start a new session.'
  return new AppError('encryption-failed', text, { cause })
}
