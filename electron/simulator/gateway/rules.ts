// What the gateway lets in and how it behaves, as options of the simulator. Types only.

import type { PlusMeaning } from '../api/signature'
import type { OpenResume } from './openresume'

/** Which upgrades are let in. A bad signature never is. */
export type UpgradePolicy = 'any' | 'signed-only' | 'unsigned-only'

/** The gateway's options. Everything has a default. */
export interface GatewayRules {
  /** Scheme, host and port that StreamUrl names, as AWS names its public host whatever was asked; the simulator's own by default. */
  readonly streamOrigin?: string
  /** Which WebSocket upgrades are let in; 'any' by default, and a bad signature never. */
  readonly upgradePolicy?: UpgradePolicy
  /** What a raw + in the query of an upgrade means to its signature; 'space' unless said otherwise, as AWS's signer has it. */
  readonly signedPlus?: PlusMeaning
  /** What a resume of an open session does; 'replaces' unless said otherwise. */
  readonly openResume?: OpenResume
  /** Whether clients below AWS's minimum version, 1.2.764.0, are let in; false unless said otherwise. */
  readonly allowsOldClients?: boolean
  /** Whether `pause_publication` and `start_publication` are sent; true unless said otherwise. */
  readonly sendsPause?: boolean
  readonly sendsStart?: boolean
  /** Publication messages to the client carry CreatedDate 0. */
  readonly hasUndatedPublication?: boolean
  /** How long the agent of a session with a handshake waits for the first client; 15,000 as at an agent, whatever the clock is. */
  readonly firstClientMs?: number
  /** Larger messages of a client end its socket with 1009. */
  readonly maxMessageBytes?: number
}
