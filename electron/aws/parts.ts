// The types of an account: its parameters, and what it does. Types only.

import type * as http from 'node:http'
import type { Diagnose } from '../../shared/diagnostics'
import type { Examination } from '../../shared/examination'
import type { SessionDocument } from '../../shared/model/document'
import type { Identity } from '../../shared/model/environment'
import type { EcsCalls } from '../../shared/ecscalls'
import type { Instance, TagPair } from '../../shared/model/instance'
import type { ConnectionStatus, HandOver, OtherKeys, SessionCalls } from '../../shared/session'
import type { SessionPages, SessionQuery } from '../../shared/sessionlisting'
import type { AwsIdentity } from './clients'
import type { AskCode, Renewals } from './credentials/renewal'
import type { Installation } from './credentials/sessionname'
import type { ResolveProxy } from './systemnetwork'
import type { UpgradeForms } from './upgradeforms'

/** The parameters of an account. Options win over the environment, the environment over ~/.aws. */
export interface AwsOptions {
  readonly profile?: string | undefined
  readonly region?: string | undefined
  /** Stands for all services; AWS_ENDPOINT_URL_SSM, …_EC2, …_ECS, …_STS and …_KMS name one each. */
  readonly endpointUrl?: string | undefined
  /** The host of ssmmessages; else CULVERT_SSMMESSAGES_ENDPOINT, the saved one, the profile's, the one that the service names. */
  readonly messageEndpoint?: string | undefined
  /** The host of ssmmessages that is saved for an environment, by its region. Asked at each connection. */
  readonly savedMessageEndpoint?: ((region: string) => string | undefined) | undefined
  /**
   * Used as they are, without looking at profiles or at the environment's endpoints: the Demo's. A function is asked at each
   * look-up, for keys that change.
   */
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }
    | (() => AwsIdentity)
    | undefined
  readonly env: NodeJS.ProcessEnv
  /** Asks for the code of a second factor, where a profile wants one. Absent: no person can be asked. */
  readonly askCode?: AskCode | undefined
  /** Shared by accounts that are opened with the same `env`: those of one profile share keys and questions. */
  readonly renewals?: Renewals | undefined
  /** Shared by the accounts of the process; absent: this account's own. */
  readonly upgradeForms?: UpgradeForms | undefined
  /** Asks the system for its proxies. Absent: only those of `env` are known. */
  readonly resolveProxy?: ResolveProxy | undefined
  /** Takes an entry for each call to AWS. Absent: there is no diagnostic log. */
  readonly diagnose?: Diagnose | undefined
  /** Reads the id of this installation, for the names of roles (credentials/sessionname.ts). */
  readonly installation?: Installation | undefined
  /** How new keys are handed over to this process, for errors. Absent: it takes none. */
  readonly handOver?: HandOver | undefined
  /** Takes a sentence about the account's keys that a person should know of. Must not throw. */
  readonly onNotice?: ((text: string) => void) | undefined
}

/** Instances, 50,000 of each service at most, and what is missing from them, as sentences for the user. */
export interface InstanceList {
  readonly instances: Instance[]
  readonly notices: string[]
}

/** An account, ready for calls. Every method throws an `AppError`, or the signal's reason once that is aborted. */
export interface Account extends SessionCalls, AsyncDisposable {
  /** Present where there is a diagnostic log. */
  readonly diagnose?: Diagnose
  /** See `OtherKeys`. */
  readonly otherKeys: OtherKeys
  /** The doctor's calls. */
  readonly examination: Examination
  /** The calls to Amazon ECS. */
  readonly ecs: EcsCalls
  /** Who we are at AWS. */
  identity(signal: AbortSignal): Promise<Identity>
  /**
   * All instances, sorted by name, then id. With `tags`: at least those that bear every one of them. There may be others, so the caller
   * compares the tags.
   */
  listInstances(signal: AbortSignal, tags?: readonly TagPair[]): Promise<InstanceList>
  /** One instance by id; undefined when neither EC2 nor Systems Manager knows it here. */
  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined>
  /** The sessions to `target` that have not ended, of every user; `reason` is "" where none was given. */
  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]>
  /** The sessions of the account and region, of every user. Nothing is asked before the first page is. */
  sessions(query: SessionQuery): SessionPages
  /** Whether the agent of a target is connected now. It follows the agent at once; an instance's ping status lags by minutes. */
  connectionStatus(target: string, signal: AbortSignal): Promise<ConnectionStatus>
  /** Reads a session document. Rejects with `document-missing`, and with `usage` for a document of another type. */
  sessionDocument(name: string, signal: AbortSignal): Promise<SessionDocument>
  /** The agent for a WebSocket, where a proxy or own certificates are configured. */
  agentFor(url: string): http.Agent | undefined
}
