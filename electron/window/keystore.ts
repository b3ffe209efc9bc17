// Which key store of the system seals the secrets of drains: Keychain, DPAPI, libsecret or KWallet. Electron's part is given by the door.

import type { KeyStore } from '../core/drains/secrets'

/** What of Electron's `safeStorage` is used. */
export interface SafeStorage {
  isAsyncEncryptionAvailable(): Promise<boolean>
  /** Linux only. */
  getSelectedStorageBackend(): string
  encryptStringAsync(text: string): Promise<Buffer>
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string }>
}

/** Linux: `basic_text` is a key that is the same everywhere; `unknown` is told before the app is ready. */
const NO_STORES = ['basic_text', 'unknown']

/** The key store; undefined where the system has none that keeps a secret. */
export async function keyStoreOf(storage: SafeStorage, platform: NodeJS.Platform): Promise<KeyStore | undefined> {
  try {
    if (!(await storage.isAsyncEncryptionAvailable())) return undefined
    if (platform === 'linux' && NO_STORES.includes(storage.getSelectedStorageBackend())) return undefined
  } catch {
    return undefined
  }
  return {
    seal: async (text) => (await storage.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => (await storage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result,
  }
}
