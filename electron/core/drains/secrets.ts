// The secrets of drains: drainsecrets.json, version 1, which this user alone can read.
//
// Where the system has a key store, each secret is sealed by it, and the file holds what only this user's key store opens; else the file
// holds the secret itself. Which of both is told to the person. A secret goes in and comes out to a destination only: it is no part of
// the snapshot, of drains.json, of errors or of the diagnostic log.

import { join } from 'node:path'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import type { DrainSecrets, SecretPlace } from '../../../shared/model/drain'
import { openJsonFile, type JsonFile } from '../store/jsonfile'

/** Finds the system's key store; undefined: there is none. Called at the first use only, because a locked one may ask the person. */
export type FindKeyStore = () => Promise<KeyStore | undefined>

/** The system's key store, given by the door. Both reject where it is locked or refuses. */
export interface KeyStore {
  /** The sealed text, base64. */
  seal(text: string): Promise<string>
  open(sealed: string): Promise<string>
}

/** The names of the secrets. */
const SECRET_NAMES = [
  'hmacKey',
  'authorization',
  'password',
  'apiKey',
] as const satisfies readonly (keyof DrainSecrets)[]

const secret = z.strictObject({ place: z.enum(['key-store', 'file']), value: z.string() })

const secretsOfDrain = z.strictObject({
  hmacKey: secret.exactOptional(),
  authorization: secret.exactOptional(),
  password: secret.exactOptional(),
  apiKey: secret.exactOptional(),
})

type StoredSecrets = z.infer<typeof secretsOfDrain>
type Stored = Readonly<Record<string, StoredSecrets>>

const schema: z.ZodType<Stored> = z.record(z.string(), secretsOfDrain)

/** The stored secrets, by the id of their drain. */
export class SecretStore {
  readonly #file: JsonFile<Stored>
  readonly #find: FindKeyStore
  #found: ReturnType<FindKeyStore> | undefined

  private constructor(file: JsonFile<Stored>, find: FindKeyStore) {
    this.#file = file
    this.#find = find
  }

  /** Opens the secrets of a data directory. Rejects with `data-directory`. */
  static async open(directory: string, find: FindKeyStore = () => Promise.resolve(undefined)): Promise<SecretStore> {
    const path = join(directory, 'drainsecrets.json')
    const file = await openJsonFile({ path, version: 1, schema, empty: {}, migrations: {} })
    return new SecretStore(file, find)
  }

  /** Where an earlier file went that could not be read. */
  get keptAside(): string | undefined {
    return this.#file.keptAside
  }

  /** Where new secrets are kept. */
  async place(): Promise<SecretPlace> {
    return (await this.#keyStore()) === undefined ? 'file' : 'key-store'
  }

  /** The names of the secrets that a drain has. */
  names(drainId: string): readonly (keyof DrainSecrets)[] {
    const stored = this.#of(drainId)
    return SECRET_NAMES.filter((name) => stored[name] !== undefined)
  }

  /** Stores secrets; absent ones stay as they are, "" removes one. Rejects with `data-directory` and `access-denied`. */
  async change(drainId: string, secrets: DrainSecrets): Promise<void> {
    let next: StoredSecrets = this.#of(drainId)
    for (const name of SECRET_NAMES) {
      const value = secrets[name]
      if (value === undefined) continue
      const { [name]: _before, ...others } = next
      next = value === '' ? others : { ...others, [name]: await this.#sealed(value) }
    }
    const { [drainId]: _before, ...others } = this.#file.value
    await this.#file.write(Object.keys(next).length === 0 ? others : { ...others, [drainId]: next })
  }

  /** The secrets of a drain, for its destination. Rejects with `access-denied` where the key store does not open them. */
  async read(drainId: string): Promise<DrainSecrets> {
    const stored = this.#of(drainId)
    const secrets: Partial<Record<keyof DrainSecrets, string>> = {}
    for (const name of SECRET_NAMES) {
      const found = stored[name]
      if (found !== undefined) secrets[name] = await this.#opened(found)
    }
    return secrets
  }

  /** Deletes the secrets of a drain. */
  async delete(drainId: string): Promise<void> {
    const { [drainId]: stored, ...others } = this.#file.value
    if (stored !== undefined) await this.#file.write(others)
  }

  /** Resolves once nothing is being written. */
  close(): Promise<void> {
    return this.#file.close()
  }

  #keyStore(): ReturnType<FindKeyStore> {
    this.#found ??= this.#find().catch(() => undefined)
    return this.#found
  }

  #of(drainId: string): StoredSecrets {
    return Object.hasOwn(this.#file.value, drainId) ? (this.#file.value[drainId] ?? {}) : {}
  }

  async #sealed(value: string): Promise<z.infer<typeof secret>> {
    const keyStore = await this.#keyStore()
    if (keyStore === undefined) return { place: 'file', value }
    try {
      return { place: 'key-store', value: await keyStore.seal(value) }
    } catch (error) {
      // The cause is not quoted: it may quote the secret.
      const text = "The system's key store does not take the secret: unlock it, then save the drain again."
      throw new AppError('access-denied', text, { cause: error })
    }
  }

  async #opened({ place, value }: z.infer<typeof secret>): Promise<string> {
    if (place === 'file') return value
    const keyStore = await this.#keyStore()
    if (keyStore === undefined) {
      const text =
        "The secret of this drain is in the system's key store, which only the app's window opens: enter the secret again."
      throw new AppError('access-denied', text)
    }
    try {
      return await keyStore.open(value)
    } catch (error) {
      const text =
        "The system's key store does not open the secret of this drain: unlock it, or enter the secret again."
      throw new AppError('access-denied', text, { cause: error })
    }
  }
}
