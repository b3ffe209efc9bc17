// What the doctor asks of AWS and of the way there: aws answers, core asks. Types only. Nothing here holds a secret.

/** The services that Culvert calls. */
export const SERVICES = ['ssm', 'ssmmessages', 'sts', 'ec2', 'kms'] as const

/** One of them. */
export type ServiceName = (typeof SERVICES)[number]

/** Where calls to a service go. */
export interface ServicePlace {
  readonly service: ServiceName
  /** `https://HOST[:PORT]`; `http:` on this computer only. */
  readonly url: string
  /** Whether a setting of the user names it, and not AWS's table of endpoints. */
  readonly isSet: boolean
  /** `HOST:PORT` of the proxy on the way there. */
  readonly proxy?: string
}

/** What came of one connection to a service. */
export type Reaching =
  /** Something answered over a connection that this computer trusts. `issuer` is absent without TLS. */
  | {
      readonly kind: 'answered'
      readonly issuer?: string
      /** How far AWS's clock is ahead of this computer's, ms; absent without a Date header. Right to about a second. */
      readonly clockAheadMs?: number
      readonly tookMs: number
    }
  /** The certificate is not trusted. `why` is Node's code. */
  | { readonly kind: 'untrusted'; readonly issuer: string; readonly why: string }
  | { readonly kind: 'unreached'; readonly why: string }

/** Where an account's credentials come from, in words: "the profile prod (aws sso login)". */
export interface KeysSource {
  readonly words: string
  /** Whether they are renewed without a person; undefined where nothing tells. */
  readonly isRenewed: boolean | undefined
}

/** A problem of one of AWS's files. */
export interface FileProblem {
  /** Counts from 1; absent for the file as a whole. */
  readonly line?: number
  /** In a few words, without a full stop. Never quotes a value. */
  readonly why: string
}

/** One of AWS's two files, as it was read. */
export interface FileFinding {
  readonly path: string
  /** The variable that names another path. */
  readonly variable: string
  readonly state: 'missing' | 'read'
  readonly problems: readonly FileProblem[]
  /** The names of its profiles, logins and services, which a report must not tell. */
  readonly names: readonly string[]
}

/** The calls of the doctor for one account. Each rejects with an `AppError`, or with the signal's reason. */
export interface Examination {
  /** Where each service is, in the order of `SERVICES`. */
  places(signal: AbortSignal): Promise<readonly ServicePlace[]>
  /** The addresses of a host name. Rejects with Node's error. */
  addressesOf(hostname: string, signal: AbortSignal): Promise<readonly string[]>
  /** Opens one connection, sends a request without credentials and closes it. Rejects with the signal's reason only. */
  reach(url: string, signal: AbortSignal): Promise<Reaching>
  /** Known once credentials were looked up. */
  keysSource(): KeysSource
  /** ec2:DescribeInstances as a dry run. */
  tryMachines(signal: AbortSignal): Promise<void>
  /** ssm:DescribeInstanceInformation, one small page. */
  tryNodes(signal: AbortSignal): Promise<void>
  /**
   * ssm:ListTagsForResource for the hybrid node `nodeId`, else for the first that Systems Manager lists. Resolves with the id of the
   * node; undefined where none is listed, so that nothing was tried.
   */
  tryNodeTags(nodeId: string | undefined, signal: AbortSignal): Promise<string | undefined>
  /** ssm:DescribeSessions for one target, one small page. */
  trySessions(target: string, signal: AbortSignal): Promise<void>
  /** ssm:GetDocument: the JSON text of a session document. Rejects with `document-missing` where it does not exist. */
  documentText(name: string, signal: AbortSignal): Promise<string>
  /** kms:GenerateDataKey as a dry run. */
  tryKey(kmsKeyId: string, signal: AbortSignal): Promise<void>
}
