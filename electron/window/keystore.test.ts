import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SafeStorage as ElectronStorage } from 'electron'
import { expect, onTestFinished, test } from 'vitest'
import { SecretStore, type FindKeyStore } from '../core/drains/secrets'
import { keyStoreOf } from './keystore'

/** What is used of Electron's own type: a change of it fails here. */
type Used = Pick<
  ElectronStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>

/** Seals by turning the bytes around. */
const storageOf = (change: Partial<Used> = {}): Used => ({
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: (text) => Promise.resolve(Buffer.from(text).reverse()),
  decryptStringAsync: (sealed) =>
    Promise.resolve({ result: Buffer.from(sealed).reverse().toString(), shouldReEncrypt: false }),
  ...change,
})

async function secretsWith(find: FindKeyStore) {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-keystore-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const secrets = await SecretStore.open(directory, find)
  return { secrets, text: () => readFile(join(directory, 'drainsecrets.json'), 'utf8') }
}

test.each([
  ['linux', 'gnome_libsecret', true],
  ['linux', 'kwallet6', true],
  ['linux', 'basic_text', false],
  ['linux', 'unknown', false],
  ['darwin', 'unknown', true],
  ['win32', 'unknown', true],
] as const)('on %s the store %s keeps secrets: %s', async (platform, backend, isStore) => {
  const storage = storageOf({ getSelectedStorageBackend: () => backend })
  expect((await keyStoreOf(storage, platform)) !== undefined).toBe(isStore)
})

test.each([
  ['is not available', { isAsyncEncryptionAvailable: () => Promise.resolve(false) }],
  ['cannot be asked', { isAsyncEncryptionAvailable: () => Promise.reject(new Error('no bus')) }],
  [
    'throws',
    {
      getSelectedStorageBackend: () => {
        throw new Error('not ready')
      },
    },
  ],
])('a store that %s is none: secrets are kept in the file, and that is said', async (_how, change) => {
  const { secrets, text } = await secretsWith(() => keyStoreOf(storageOf(change), 'linux'))
  expect(await secrets.place()).toBe('file')
  await secrets.change('drain', { apiKey: 'MARKED' })
  expect(await text()).toContain('MARKED')
  expect(await secrets.read('drain')).toEqual({ apiKey: 'MARKED' })
})

test('a secret is sealed in the file and comes out of the store again', async () => {
  const { secrets, text } = await secretsWith(() => keyStoreOf(storageOf(), 'linux'))
  expect(await secrets.place()).toBe('key-store')
  await secrets.change('drain', { password: 'MÄRKED' })
  expect(await text()).not.toContain('MÄRKED')
  expect(await secrets.read('drain')).toEqual({ password: 'MÄRKED' })
})

test('a store that refuses is told with what to do, without the secret', async () => {
  const refused = (text: string) => Promise.reject(new Error(`locked: ${text}`))
  const storage = storageOf({ decryptStringAsync: (sealed) => refused(sealed.toString()) })
  const { secrets } = await secretsWith(() => keyStoreOf(storage, 'darwin'))
  await secrets.change('drain', { password: 'MARKED' })
  await expect(secrets.read('drain')).rejects.toMatchObject({
    code: 'access-denied',
    message: "The system's key store does not open the secret of this drain: unlock it, or enter the secret again.",
  })
  const locked = storageOf({ encryptStringAsync: refused })
  const { secrets: others } = await secretsWith(() => keyStoreOf(locked, 'darwin'))
  await expect(others.change('drain', { password: 'MARKED' })).rejects.toMatchObject({
    code: 'access-denied',
    message: "The system's key store does not take the secret: unlock it, then save the drain again.",
  })
  expect(others.names('drain')).toEqual([])
})
