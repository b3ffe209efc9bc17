// One AWS account as seen with one set of credentials in one region: what the rest of the product knows of AWS.
//
// Owns: settings, credentials, clients and network of the account, until it is disposed of. Does not own sessions: the caller
// that starts one ends it.

import type * as http from 'node:http'
import type { Diagnose } from '../../shared/diagnostics'
import type { Examination } from '../../shared/examination'
import type { SessionDocument } from '../../shared/model/document'
import type { Identity } from '../../shared/model/environment'
import type { Instance } from '../../shared/model/instance'
import type {
  DataKey,
  DataKeyRequest,
  HandOver,
  KeysOutlook,
  OtherKeys,
  SessionCalls,
  SessionLimits,
  SessionTicket,
  StartSessionRequest,
  UpgradeAttempt,
} from '../../shared/session'
import { Calls } from './calls'
import { examinationOf } from './checkup/examination'
import { Clients, type AwsIdentity } from './clients'
import { Credentials } from './credentials/credentials'
import { readSessionDocument } from './documents'
import { describeTarget, listInstances } from './instances'
import { readMessageEndpoint } from './messageendpoint'
import { openNetwork, type Network } from './network'
import { PREFERENCES_DOCUMENT, PreferencesReader } from './preferences'
import type { AskCode, Renewal, Renewals } from './credentials/renewal'
import type { Installation } from './credentials/sessionname'
import { listActiveSessions } from './sessions'
import { readSettings, type Settings } from './profiles/settings'
import type { ResolveProxy } from './systemnetwork'
import { isPresigned, signUpgradeRequest } from './signing'
import { UpgradeForms } from './upgradeforms'

const UNSIGNED: readonly UpgradeAttempt[] = [{ form: 'unsigned', headers: {}, worked: () => undefined }]

/** The parameters of an account. Options win over the environment, the environment over ~/.aws. */
export interface AwsOptions {
  readonly profile?: string | undefined
  readonly region?: string | undefined
  /** Stands for all services; AWS_ENDPOINT_URL_SSM, …_EC2, …_STS and …_KMS name one each. */
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
interface InstanceList {
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
  /** Who we are at AWS. */
  identity(signal: AbortSignal): Promise<Identity>
  /** All instances, sorted by name, then id. */
  listInstances(signal: AbortSignal): Promise<InstanceList>
  /** One instance by id; undefined when neither EC2 nor Systems Manager knows it here. */
  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined>
  /** The sessions to `target` that have not ended, of every user; `reason` is "" where none was given. */
  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]>
  /** Reads a session document. Rejects with `document-missing`, and with `usage` for a document of another type. */
  sessionDocument(name: string, signal: AbortSignal): Promise<SessionDocument>
  /** The agent for a WebSocket, where a proxy or own certificates are configured. */
  agentFor(url: string): http.Agent | undefined
}

class AwsAccount implements Account {
  readonly region: string
  readonly endpointUrl: string | undefined
  readonly diagnose?: Diagnose
  readonly #messageEndpoint: () => string | undefined
  readonly examination: Examination
  readonly #network: Network
  readonly #credentials: Credentials
  readonly #clients: Clients
  readonly #calls: Calls
  readonly #preferences: PreferencesReader
  readonly #upgradeForms: UpgradeForms

  constructor(options: {
    readonly settings: Settings
    readonly network: Network
    readonly env: NodeJS.ProcessEnv
    readonly given?: () => AwsIdentity
    readonly askCode?: AskCode
    readonly renewal?: Renewal
    readonly upgradeForms: UpgradeForms
    readonly messageEndpoint: () => string | undefined
    readonly diagnose?: Diagnose
    readonly installation?: Installation
    readonly handOver?: HandOver
    readonly onNotice?: (text: string) => void
    readonly resolveProxy?: ResolveProxy | undefined
  }) {
    const { settings, network, diagnose, upgradeForms, messageEndpoint } = options
    this.#messageEndpoint = messageEndpoint
    this.#upgradeForms = upgradeForms
    this.region = settings.region
    this.endpointUrl = settings.endpoints.ssm
    if (diagnose !== undefined) this.diagnose = diagnose
    this.#network = network
    this.#credentials = new Credentials(options)
    this.#clients = new Clients(options, () => this.#credentials.get('never'))
    this.#calls = new Calls({ clients: this.#clients, credentials: this.#credentials, region: settings.region })
    this.#preferences = new PreferencesReader(async (signal) => {
      const { content } = await this.#calls.sessionDocument(PREFERENCES_DOCUMENT, signal)
      return content
    })
    this.examination = examinationOf({
      settings,
      messageEndpoint,
      network,
      env: options.env,
      resolveProxy: options.resolveProxy,
      clients: this.#clients,
      calls: this.#calls,
      source: () => this.#credentials.source,
    })
  }

  get messageEndpoint(): string | undefined {
    return this.#messageEndpoint()
  }

  readonly otherKeys: OtherKeys = {
    offered: () => this.#credentials.offered,
    take: (keys, signal) => this.#credentials.take(keys, signal),
    takeProfile: (profile, signal) => this.#credentials.takeProfile(profile, signal),
  }

  keysOutlook(): KeysOutlook {
    return this.#credentials.outlook
  }

  async identity(signal: AbortSignal): Promise<Identity> {
    return this.#calls.identity(signal)
  }

  async listInstances(signal: AbortSignal): Promise<InstanceList> {
    const listing = new AbortController()
    const either = AbortSignal.any([signal, listing.signal])
    try {
      return await listInstances(
        (input) => this.#calls.describeEc2(input, either),
        (input) => this.#calls.describeSsm(input, either),
        { listTags: (nodeId, ending) => this.#calls.nodeTags(nodeId, ending), signal: either },
      )
    } finally {
      // If one of the two lists has failed, the other one's pages are not needed.
      listing.abort()
    }
  }

  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    return describeTarget(
      id,
      (input) => this.#calls.describeEc2(input, signal),
      (input) => this.#calls.describeSsm(input, signal),
    )
  }

  startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket> {
    return this.#calls.startSession(request, signal)
  }

  resumeSession(sessionId: string, signal: AbortSignal): Promise<SessionTicket> {
    return this.#calls.resumeSession(sessionId, signal)
  }

  terminateSession(sessionId: string, signal: AbortSignal): Promise<void> {
    return this.#calls.terminateSession(sessionId, signal)
  }

  generateDataKey(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey> {
    return this.#calls.generateDataKey(request, signal)
  }

  preferences(signal: AbortSignal): Promise<SessionLimits> {
    return this.#preferences.get(signal)
  }

  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]> {
    return listActiveSessions(target, (input) => this.#calls.describeSessions(input, signal))
  }

  async sessionDocument(name: string, signal: AbortSignal): Promise<SessionDocument> {
    return readSessionDocument(name, await this.#calls.sessionDocument(name, signal))
  }

  async signUpgrade(streamUrl: string, signal: AbortSignal): Promise<readonly UpgradeAttempt[]> {
    signal.throwIfAborted()
    const url = new URL(streamUrl)
    if (isPresigned(url)) return UNSIGNED
    // The service may accept an unsigned upgrade, so an expired login does not end a resume here.
    const credentials = await this.#credentials.get('never', signal).catch(() => undefined)
    signal.throwIfAborted()
    if (credentials === undefined) return UNSIGNED
    // The SDK has measured our clock against AWS's answers: this signature uses the same correction.
    const { systemClockOffset } = (await this.#clients.ssm()).config
    const signedAt = new Date(Date.now() + systemClockOffset)
    return Promise.all(
      this.#upgradeForms.order(url).map(async (form) => ({
        form,
        headers:
          form === 'unsigned'
            ? {}
            : await signUpgradeRequest({ url, region: this.region, credentials, signedAt, plus: form }),
        worked: () => this.#upgradeForms.note(url, form),
      })),
    )
  }

  agentFor(url: string): http.Agent | undefined {
    return this.#network.agentFor(url)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#credentials[Symbol.dispose]()
    this.#network.destroy()
    return Promise.resolve()
  }
}

/**
 * Opens an account. Reads the user's AWS files and the certificate bundle; calls nothing and asks for no credentials yet.
 * Throws `region-missing`, `wrong-region` (malformed), `profile-unknown`, `usage` (malformed endpoint) and `network`
 * (unusable proxy or certificate bundle).
 */
export async function openAccount(options: AwsOptions): Promise<Account> {
  const { profile, region, endpointUrl, credentials, env, askCode, renewals, diagnose, installation } = options
  const { upgradeForms = new UpgradeForms(), resolveProxy, handOver, onNotice } = options
  const settings = await readSettings({
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    isSelfContained: credentials !== undefined,
    env,
  })
  const messageEndpoint = (): string | undefined =>
    readMessageEndpoint({
      option: options.messageEndpoint,
      env,
      saved: options.savedMessageEndpoint?.(settings.region),
      profile: settings.profile,
    })
  // A malformed one is told now and not at the first session.
  messageEndpoint()
  const network = await openNetwork({ env, caBundle: settings.caBundle, resolveProxy })
  const common = {
    settings,
    network,
    env,
    upgradeForms,
    messageEndpoint,
    resolveProxy,
    ...(diagnose === undefined ? {} : { diagnose }),
  }
  if (credentials === undefined) {
    return new AwsAccount({
      ...common,
      ...(askCode === undefined ? {} : { askCode }),
      ...(renewals === undefined ? {} : { renewal: renewals.of(settings) }),
      ...(installation === undefined ? {} : { installation }),
      ...(handOver === undefined ? {} : { handOver }),
      ...(onNotice === undefined ? {} : { onNotice }),
    })
  }
  if (typeof credentials === 'function') return new AwsAccount({ ...common, given: credentials })
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const given = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  return new AwsAccount({ ...common, given: () => given })
}
