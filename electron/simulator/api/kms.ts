// A stand-in for KMS with one key, and how the account's preferences and its agents use it.
//
// A ciphertext blob is the data key sealed under the key's secret with the encryption context as additional data: a caller that names
// another context, or another bit, gets nothing back, as at KMS. Source: AWS KMS API reference; specification §6, §13 S13.

import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import * as z from 'zod'
import { fault, reply, type Answer, type Fault } from './answers'

type Json = Readonly<Record<string, unknown>>
type Context = Readonly<Record<string, string>>

/** The alias of the Demo's one key. */
export const DEMO_KEY_ALIAS = 'alias/culvert-demo'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_SIZES = { AES_128: 16, AES_256: 32 } as const

const generateDataKey = z.object({
  KeyId: z.string().min(1).max(2_048),
  NumberOfBytes: z.number().int().min(1).max(1_024).optional(),
  KeySpec: z.enum(['AES_128', 'AES_256']).optional(),
  EncryptionContext: z.record(z.string(), z.string()).default({}),
  DryRun: z.boolean().default(false),
})

/** What the next data key suffers: the agent gets another one, or a blob that cannot be opened. */
export type KeyFault = 'wrong-key' | 'corrupt-blob'

function additionalData(context: Context): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** The account's key service. */
export class KeyService {
  readonly keyArn: string
  readonly #aliasArn: string
  readonly #secret = randomBytes(32)
  readonly #faults: KeyFault[] = []
  /** Every context that a data key was asked for with, oldest first. */
  readonly contexts: Context[] = []
  isEnabled = true
  /** Whether the key's policy allows a context with more than the session and the target. */
  allowsChallenge = true

  constructor(region: string, accountId: string) {
    const prefix = `arn:aws:kms:${region}:${accountId}`
    this.keyArn = `${prefix}:key/${randomUUID()}`
    this.#aliasArn = `${prefix}:${DEMO_KEY_ALIAS}`
  }

  /** Lets the next data key go wrong. */
  failNext(keyFault: KeyFault): void {
    this.#faults.push(keyFault)
  }

  /** The GenerateDataKey operation. */
  generate(body: unknown): Answer<Json> {
    const parsed = generateDataKey.safeParse(body)
    if (!parsed.success) return fault('ValidationException', z.prettifyError(parsed.error))
    const { KeyId: keyId, NumberOfBytes: bytes, KeySpec: spec, EncryptionContext: context } = parsed.data
    const size = spec === undefined ? bytes : KEY_SIZES[spec]
    if (size === undefined || (spec !== undefined && bytes !== undefined)) {
      return fault('ValidationException', 'Please specify either number of bytes or key spec.')
    }
    const obstacle = this.#obstacle(keyId)
    if (obstacle !== undefined) return obstacle
    if (!parsed.data.DryRun) this.contexts.push(context)
    if (!this.allowsChallenge && 'aws:ssm:RandomChallenge' in context) {
      const why = `not authorized to perform: kms:GenerateDataKey on resource: ${this.keyArn}`
      return fault('AccessDeniedException', `User is ${why} because no resource-based policy allows it`)
    }
    const plaintext = randomBytes(size)
    if (parsed.data.DryRun) {
      return fault('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.')
    }
    const keyFault = this.#faults.shift()
    const blob = this.#wrap(keyFault === 'wrong-key' ? randomBytes(size) : plaintext, context)
    if (keyFault === 'corrupt-blob') blob[blob.length - 1] = (blob.at(-1) ?? 0) ^ 1
    return reply({
      CiphertextBlob: blob.toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: this.keyArn,
    })
  }

  /** Decrypt, as an agent's role may do it. Throws what KMS says where the blob and the context do not belong together. */
  decrypt(blob: Buffer, context: Context): Buffer {
    if (!this.isEnabled) throw new Error(`DisabledException: ${this.keyArn} is disabled.`)
    try {
      const end = blob.length - TAG_BYTES
      const decipher = createDecipheriv(CIPHER, this.#secret, blob.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(additionalData(context))
      decipher.setAuthTag(blob.subarray(end))
      return Buffer.concat([decipher.update(blob.subarray(NONCE_BYTES, end)), decipher.final()])
    } catch (error) {
      throw new Error('InvalidCiphertextException: ', { cause: error })
    }
  }

  #obstacle(keyId: string): Fault | undefined {
    const names = [this.keyArn, this.keyArn.replace(/^.*\//, ''), DEMO_KEY_ALIAS, this.#aliasArn]
    if (!names.includes(keyId)) {
      const isAlias = /(^|:)alias\//.test(keyId)
      const arn = keyId.startsWith('arn:')
        ? keyId
        : this.#aliasArn.replace(DEMO_KEY_ALIAS, isAlias ? keyId : `key/${keyId}`)
      return fault('NotFoundException', isAlias ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`)
    }
    return this.isEnabled ? undefined : fault('DisabledException', `${this.keyArn} is disabled.`)
  }

  #wrap(dataKey: Buffer, context: Context): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#secret, nonce)
    cipher.setAAD(additionalData(context))
    return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
  }
}
