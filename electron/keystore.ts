// The system's key store, through Electron: Keychain, DPAPI, libsecret or KWallet. For the secrets of drains.

import { safeStorage } from 'electron'
import type { KeyStore } from './core/drains/secrets'

/** The key store; undefined where there is none. Linux's `basic_text` is a key that everybody knows, and counts as none. */
export async function findKeyStore(platform: NodeJS.Platform): Promise<KeyStore | undefined> {
  try {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return undefined
    if (platform === 'linux' && ['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend()))
      return undefined
  } catch {
    return undefined
  }
  return {
    seal: async (text) => (await safeStorage.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result,
  }
}
