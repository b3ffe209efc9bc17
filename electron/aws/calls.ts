// The calls of the control plane that a session needs: narrow functions, each with its IAM action and its errors.

import type { DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2'
import type { DescribeInstanceInformationCommandOutput } from '@aws-sdk/client-ssm'
import { AppError } from '../../shared/errors'
import type { Identity } from '../../shared/model/environment'
import type {
  ConnectionStatus,
  DataKey,
  DataKeyRequest,
  SessionTicket,
  StartSessionRequest,
} from '../../shared/session'
import type { Clients } from './clients'
import { callerFrom } from './credentials/caller'
import type { Credentials } from './credentials/credentials'
import { resumeError } from './errors/denied'
import { generateDataKey, keyRegion } from './kms'
import type { FoundDocument } from './documents'
import type { DescribeEc2, DescribeSsm } from './instances'
import type { Tag } from './nodetags'
import type { Sender } from './sender'
import { ticketOf } from './ticket'
import type { DescribeSessions } from './sessionpages'

/** The longest text of a document that is read. */
const MAX_DOCUMENT = 65_536

/** Copies the lists, because the SDK's types are not readonly. */
function copyLists(parameters: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]]))
}

/**
 * The calls of one account. Each throws an `AppError` (`timeout` for a signal's deadline), or the signal's reason. Modules and
 * clients are loaded within them, because a process without descriptors cannot load any and has to say so.
 */
export class Calls {
  readonly #clients: Clients
  readonly #credentials: Credentials
  readonly #region: string
  readonly #sender: Sender

  constructor(options: {
    readonly clients: Clients
    readonly credentials: Credentials
    readonly region: string
    readonly sender: Sender
  }) {
    this.#clients = options.clients
    this.#credentials = options.credentials
    this.#region = options.region
    this.#sender = options.sender
  }

  /** Who we are. Needs no permission, so it fails only because of credentials or the network. */
  async identity(signal: AbortSignal): Promise<Identity> {
    const answer = await this.#sender.send({ action: 'sts:GetCallerIdentity' }, signal, async (abortSignal) => {
      const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts')
      const client = await this.#clients.sts()
      return client.send(new GetCallerIdentityCommand({}), { abortSignal })
    })
    const caller = callerFrom(answer)
    this.#credentials.noteOwner(caller)
    const { accountId, arn } = caller
    return { accountId, arn }
  }

  /** One page of EC2's machines. */
  async describeEc2(input: Parameters<DescribeEc2>[0], signal: AbortSignal): Promise<DescribeInstancesCommandOutput> {
    const [target] = input.InstanceIds ?? []
    return this.#sender.send(
      { action: 'ec2:DescribeInstances', ...(target === undefined ? {} : { target }) },
      signal,
      async (abortSignal) => {
        const { DescribeInstancesCommand } = await import('@aws-sdk/client-ec2')
        const client = await this.#clients.ec2()
        return client.send(new DescribeInstancesCommand(input), { abortSignal })
      },
    )
  }

  /** One page of managed nodes. */
  async describeSsm(
    input: Parameters<DescribeSsm>[0],
    signal: AbortSignal,
  ): Promise<DescribeInstanceInformationCommandOutput> {
    const target = input.Filters?.find(({ Key: key }) => key === 'InstanceIds')?.Values[0]
    return this.#sender.send(
      { action: 'ssm:DescribeInstanceInformation', ...(target === undefined ? {} : { target }) },
      signal,
      async (abortSignal) => {
        const { DescribeInstanceInformationCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new DescribeInstanceInformationCommand(input), { abortSignal })
      },
    )
  }

  /** The tags of a hybrid node. Sent once, with the credentials at hand: the list of nodes has just used them. */
  async nodeTags(nodeId: string, signal: AbortSignal): Promise<readonly Tag[]> {
    const answer = await this.#sender.once(
      { action: 'ssm:ListTagsForResource', target: nodeId },
      signal,
      async (abortSignal) => {
        const { ListTagsForResourceCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        const command = new ListTagsForResourceCommand({ ResourceType: 'ManagedInstance', ResourceId: nodeId })
        return client.send(command, { abortSignal })
      },
    )
    return answer.TagList ?? []
  }

  /** One page of sessions. */
  describeSessions: DescribeSessions = (input, signal) => {
    const target = input.Filters?.find(({ key }) => key === 'Target')?.value
    return this.#sender.send(
      { action: 'ssm:DescribeSessions', ...(target === undefined ? {} : { target }) },
      signal,
      async (abortSignal) => {
        const { DescribeSessionsCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new DescribeSessionsCommand(input), { abortSignal })
      },
    )
  }

  /** Whether the agent of a target is connected now. A person is not asked for a code: this is asked again and again. */
  async connectionStatus(target: string, signal: AbortSignal): Promise<ConnectionStatus> {
    const answer = await this.#sender.send(
      { action: 'ssm:GetConnectionStatus', target, patience: 'move-on' },
      signal,
      async (abortSignal) => {
        const { GetConnectionStatusCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new GetConnectionStatusCommand({ Target: target }), { abortSignal })
      },
    )
    return answer.Status === 'connected' ? 'connected' : 'notconnected'
  }

  /** Starts a session. The caller opens its data channel at once and ends the session. */
  async startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket> {
    const { target, document, parameters, reason } = request
    const answer = await this.#sender.send(
      { action: 'ssm:StartSession', target, ...(document === undefined ? {} : { document }) },
      signal,
      async (abortSignal) => {
        const { StartSessionCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(
          new StartSessionCommand({
            Target: target,
            ...(document === undefined ? {} : { DocumentName: document }),
            ...(parameters === undefined ? {} : { Parameters: copyLists(parameters) }),
            ...(reason === undefined ? {} : { Reason: reason }),
          }),
          { abortSignal },
        )
      },
    )
    const ticket = ticketOf(answer.SessionId ?? '', answer.StreamUrl, answer.TokenValue)
    if (ticket !== undefined) return ticket
    throw new AppError('service', 'AWS started a session but did not say where to reach it: try again.')
  }

  /**
   * Returns a new stream URL and token of a session that still exists. Throws `session-gone` where it does not, or where this caller
   * may not resume it: that loses the session, and a new one works.
   */
  async resumeSession(sessionId: string, signal: AbortSignal): Promise<SessionTicket> {
    const answer = await this.#sender
      .send({ action: 'ssm:ResumeSession', patience: 'move-on' }, signal, async (abortSignal) => {
        const { ResumeSessionCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new ResumeSessionCommand({ SessionId: sessionId }), { abortSignal })
      })
      .catch((error: unknown) => {
        throw resumeError(error)
      })
    const id = answer.SessionId || sessionId
    const ticket = ticketOf(id, answer.StreamUrl, answer.TokenValue)
    if (ticket !== undefined) return ticket
    // A token without an address is for the address before. Source: specification §1.4.
    const bare = answer.StreamUrl ? undefined : ticketOf(id, 'none', answer.TokenValue)
    if (bare !== undefined) return { ...bare, streamUrl: '' }
    // A finished session may be "resumed" without a token. Source: specification §1.2.
    throw new AppError('session-gone', 'The session has ended meanwhile: start a new one.')
  }

  /**
   * A document and its type. Sent once, with the credentials at hand: a document that may not be read is no reason to
   * renew them.
   */
  async sessionDocument(name: string, signal: AbortSignal): Promise<FoundDocument> {
    const answer = await this.#sender.once(
      { action: 'ssm:GetDocument', document: name },
      signal,
      async (abortSignal) => {
        const { GetDocumentCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new GetDocumentCommand({ Name: name, DocumentFormat: 'JSON' }), { abortSignal })
      },
    )
    const content = answer.Content ?? ''
    // Longer ones cannot be made. Source: Systems Manager API reference, "CreateDocument".
    return { type: answer.DocumentType ?? '', content: content.length > MAX_DOCUMENT ? '' : content }
  }

  /** Has KMS make the key of an encrypted session, in the key's own region. */
  async generateDataKey(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey> {
    const { kmsKeyId } = request
    const region = keyRegion(kmsKeyId, this.#region)
    return this.#sender.send({ action: 'kms:GenerateDataKey', key: kmsKeyId, region }, signal, async (abortSignal) =>
      generateDataKey(await this.#clients.kms(region), request, abortSignal),
    )
  }

  /** Ends a session. One that no longer exists counts as ended. */
  async terminateSession(sessionId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#sender.send({ action: 'ssm:TerminateSession', patience: 'never' }, signal, async (abortSignal) => {
        const { TerminateSessionCommand } = await import('@aws-sdk/client-ssm')
        const client = await this.#clients.ssm()
        return client.send(new TerminateSessionCommand({ SessionId: sessionId }), { abortSignal })
      })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'session-gone') throw error
    }
  }
}
