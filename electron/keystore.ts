// The system's key store, through Electron. The decision is window/keystore.ts.

import { safeStorage } from 'electron'
import type { KeyStore } from './core/drains/secrets'
import { keyStoreOf } from './window/keystore'

/** The key store; undefined where there is none. */
export function findKeyStore(platform: NodeJS.Platform): Promise<KeyStore | undefined> {
  return keyStoreOf(safeStorage, platform)
}
