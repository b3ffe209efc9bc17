// One AWS account as seen with one set of credentials in one region: what the rest of the product knows of AWS.
//
// Owns: settings, credentials, clients and network of the account, until it is disposed of. Does not own sessions: the caller
// that starts one ends it.

import type * as http from 'node:http'
import type { Diagnose } from '../../shared/diagnostics'
import type { EcsCalls } from '../../shared/ecscalls'
import { parseEcsPlace } from '../../shared/ecstarget'
import type { Examination } from '../../shared/examination'
import type { SessionDocument } from '../../shared/model/document'
import type { Identity } from '../../shared/model/environment'
import type { Instance, TagPair } from '../../shared/model/instance'
import type {
  ConnectionStatus,
  DataKey,
  DataKeyRequest,
  HandOver,
  KeysOutlook,
  OtherKeys,
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
import { describeContainer } from './ecs/described'
import { ecsCalls } from './ecs/ecs'
import { ecsParts } from './ecs/parts'
import { describeTarget, listInstances } from './instances'
import { readMessageEndpoint } from './messageendpoint'
import { openNetwork, type Network } from './network'
import { PREFERENCES_DOCUMENT, PreferencesReader } from './preferences'
import type { AskCode, Renewal } from './credentials/renewal'
import type { Account, AwsOptions, InstanceList } from './parts'
import type { Installation } from './credentials/sessionname'
import { OwnerFilter } from './ownerfilter'
import { listActiveSessions } from './sessions'
import { Sender } from './sender'
import type { SessionPages, SessionQuery } from '../../shared/sessionlisting'
import { readSettings, type Settings } from './profiles/settings'
import type { ResolveProxy } from './systemnetwork'
import { isPresigned, presignUpgradeUrl, signUpgradeRequest } from './signing'
import { UpgradeForms } from './upgradeforms'

const UNSIGNED: readonly UpgradeAttempt[] = [{ form: 'unsigned', headers: {}, worked: () => undefined }]

/** An agent waits 15 s for the first client, and a token of a session works for about a minute. */
const PRESIGNED_SECONDS = 60

class AwsAccount implements Account {
  readonly region: string
  readonly endpointUrl: string | undefined
  readonly diagnose?: Diagnose
  readonly #messageEndpoint: () => string | undefined
  readonly examination: Examination
  readonly ecs: EcsCalls
  readonly #network: Network
  readonly #credentials: Credentials
  readonly #clients: Clients
  readonly #calls: Calls
  readonly #preferences: PreferencesReader
  readonly #upgradeForms: UpgradeForms
  readonly #ownerFilter = new OwnerFilter()

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
    const common = { clients: this.#clients, credentials: this.#credentials, region: settings.region }
    const sender = new Sender(common)
    this.#calls = new Calls({ ...common, sender })
    this.ecs = ecsCalls(ecsParts({ ...common, sender }))
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

  async listInstances(signal: AbortSignal, tags: readonly TagPair[] = []): Promise<InstanceList> {
    const listing = new AbortController()
    const either = AbortSignal.any([signal, listing.signal])
    try {
      return await listInstances(
        (input) => this.#calls.describeEc2(input, either),
        (input) => this.#calls.describeSsm(input, either),
        { wanted: tags, listTags: (nodeId, ending) => this.#calls.nodeTags(nodeId, ending), signal: either },
      )
    } finally {
      // If one of the two lists has failed, the other one's pages are not needed.
      listing.abort()
    }
  }

  describeTarget(id: string, signal: AbortSignal): Promise<Instance | undefined> {
    const place = parseEcsPlace(id)
    if (place !== undefined) return describeContainer(this.ecs, place, signal)
    return describeTarget(
      id,
      (input) => this.#calls.describeEc2(input, signal),
      (input) => this.#calls.describeSsm(input, signal),
    )
  }

  async startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket> {
    const ticket = await (request.exec === undefined
      ? this.#calls.startSession(request, signal)
      : this.ecs.executeCommand(request.exec, signal))
    this.#ownerFilter.started(ticket.sessionId)
    return ticket
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
    return listActiveSessions(target, this.#calls.describeSessions, signal)
  }

  sessions(query: SessionQuery): SessionPages {
    return this.#ownerFilter.pages(query, this.#calls.describeSessions)
  }

  connectionStatus(target: string, signal: AbortSignal): Promise<ConnectionStatus> {
    return this.#calls.connectionStatus(target, signal)
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
    const signedAt = await this.#signingTime()
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

  async presignUpgrade(streamUrl: string, signal: AbortSignal): Promise<string | undefined> {
    const credentials = await this.#credentials.get('never', signal).catch(() => undefined)
    signal.throwIfAborted()
    if (credentials === undefined) return undefined
    const signedAt = await this.#signingTime()
    return presignUpgradeUrl({
      streamUrl,
      region: this.region,
      credentials,
      signedAt,
      expiresInSeconds: PRESIGNED_SECONDS,
    })
  }

  /** The SDK has measured our clock against AWS's answers: signatures use the same correction. */
  async #signingTime(): Promise<Date> {
    const { systemClockOffset } = (await this.#clients.ssm()).config
    return new Date(Date.now() + systemClockOffset)
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
