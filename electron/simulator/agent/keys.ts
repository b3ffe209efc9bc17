// The agent's half of an encrypted session: what it asks for, how it gets its key, its challenge, and the cipher.
//
// Shares nothing with the client's half but the JSON around it, so that the two cannot be wrong together unseen. Pure but for
// the key service behind `decrypt`. Source: amazon-ssm-agent agent/session/crypto and datachannel; specification §6.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { PayloadType } from '../../ssm/codec/message'
import { formatChallenge, parseChallenge } from '../../ssm/codec/payloads'

/** Whether the agent puts a random challenge into its request, and insists on its use. Old agents know none. */
export type RandomChallenge = 'none' | 'offered' | 'required'

/** What an agent encrypts a session with. */
export interface AgentEncryption {
  /** The key of the account's preferences. */
  readonly kmsKeyId: string
  /** The instance's own id. */
  readonly targetId: string
  readonly randomChallenge: RandomChallenge
  /** kms:Decrypt with the node's role; throws what KMS says. */
  readonly decrypt: (ciphertextBlob: Buffer, context: Readonly<Record<string, string>>) => Buffer
}

/** Random bytes; a test gives its own to get bytes that it can predict. */
export type RandomSource = (size: number) => Buffer

/** What an agent that gets no answer to its challenge fails with. */
export const CHALLENGE_TIMED_OUT = 'Timed out waiting for encryption challenge.'

/** The agent's word to the user of an encrypted session. */
export const ENCRYPTED_MESSAGE = 'This session is encrypted using AWS KMS.'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEALED_TYPES: readonly number[] = [PayloadType.output, PayloadType.stdErr, PayloadType.exitCode]

// As Go reads it: what is missing is its zero value.
const kmsResult = z.object({
  KMSCipherTextKey: z.string().nullish(),
  ChallengeAcknowledgement: z.boolean().default(false),
})

/** The keys of one session at its agent. Everything passes unchanged until the handshake is complete. */
export class AgentKeys {
  readonly #encryption: AgentEncryption
  readonly #sessionId: string
  readonly #random: RandomSource
  readonly #randomChallenge: string
  #keys: { readonly sealing: Buffer; readonly opening: Buffer } | undefined
  #nonce = Buffer.alloc(NONCE_BYTES)
  #challenge = Buffer.alloc(0)
  #isCorruptingNext = false

  constructor(encryption: AgentEncryption, sessionId: string, random: RandomSource = randomBytes) {
    this.#encryption = encryption
    this.#sessionId = sessionId
    this.#random = random
    this.#randomChallenge = encryption.randomChallenge === 'none' ? '' : random(16).toString('base64')
  }

  /** What the HandshakeRequest asks for. */
  get parameters(): Readonly<Record<string, string>> {
    return {
      KMSKeyId: this.#encryption.kmsKeyId,
      ...(this.#randomChallenge === '' ? {} : { Challenge: this.#randomChallenge }),
    }
  }

  /** Takes the client's data key out of its ActionResult. Throws what the session fails with. */
  accept(actionResult: unknown): void {
    const result = kmsResult.parse(actionResult ?? {})
    const isUsed = result.ChallengeAcknowledgement
    if (!isUsed && this.#encryption.randomChallenge === 'required') {
      throw new Error('client does not support required encryption context random challenge')
    }
    const context = {
      'aws:ssm:SessionId': this.#sessionId,
      'aws:ssm:TargetId': this.#encryption.targetId,
      ...(isUsed ? { 'aws:ssm:RandomChallenge': this.#randomChallenge } : {}),
    }
    const dataKey = this.#encryption.decrypt(Buffer.from(result.KMSCipherTextKey ?? '', 'base64'), context)
    this.#keys = { sealing: dataKey.subarray(0, 32), opening: dataKey.subarray(32, 64) }
    this.#nonce = Buffer.from(this.#random(NONCE_BYTES))
  }

  /** The EncChallengeRequest, or undefined without a key: the agent then sends no challenge and its handshake times out. */
  challengeRequest(): Buffer | undefined {
    if (this.#keys === undefined) return undefined
    this.#challenge = Buffer.from(this.#random(64))
    return formatChallenge(this.#encrypt(this.#challenge))
  }

  /** Checks an EncChallengeResponse. Throws where it is wrong, which is a handler error. */
  checkAnswer(payload: Buffer): void {
    const isRight = this.#challenge.length > 0 && this.#decrypt(parseChallenge(payload)).equals(this.#challenge)
    if (!isRight) throw new Error('Encryption challenge does not match.')
  }

  /** Encrypts what a plugin says, where its type wants that. */
  seal(payloadType: number, payload: Buffer): Buffer {
    if (this.#keys === undefined || !SEALED_TYPES.includes(payloadType)) return payload
    const sealed = this.#encrypt(payload)
    if (this.#isCorruptingNext) {
      this.#isCorruptingNext = false
      sealed[NONCE_BYTES] = (sealed[NONCE_BYTES] ?? 0) ^ 1
    }
    return sealed
  }

  /** Decrypts what a client says, where its type wants that. Throws where it cannot, which is a handler error. */
  open(payloadType: number, payload: Buffer): Buffer {
    return payloadType === PayloadType.output ? this.#decrypt(payload) : payload
  }

  /** Flips a bit of the next payload that is sealed: a fault for tests. */
  corruptNext(): void {
    this.#isCorruptingNext = true
  }

  #encrypt(plain: Buffer): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#keys?.sealing ?? Buffer.alloc(0), this.#nonce)
    const sealed = Buffer.concat([this.#nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    // Three 32-bit words, lowest first, with carry.
    for (let at = 0; at < NONCE_BYTES; at += 4) {
      const word = (this.#nonce.readUInt32LE(at) + 1) % 0x1_0000_0000
      this.#nonce.writeUInt32LE(word, at)
      if (word !== 0) break
    }
    return sealed
  }

  #decrypt(sealed: Buffer): Buffer {
    const tagAt = sealed.length - TAG_BYTES
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#keys?.opening ?? Buffer.alloc(0), nonce)
    decipher.setAuthTag(sealed.subarray(tagAt))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, tagAt)), decipher.final()])
  }
}
