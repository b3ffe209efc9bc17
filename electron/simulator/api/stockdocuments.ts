// The session documents that AWS offers in every account, the account's preferences, and one of the Demo's own. Data only.
//
// Source: specification §1.5; the recorded conversations show the documents' content as an agent receives it.

/** The document with the account's preferences. A session that names no document has this one. */
export const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell'

/** The Demo's own document: a command whose stdout, stderr and exit code come separately. AWS has no stock one. */
export const SEPARATE_OUTPUT_DOCUMENT = 'Culvert-SeparateOutputCommand'

/** One parameter of a document, as the document writes it. */
export interface Parameter {
  readonly type: 'String' | 'StringList'
  readonly description?: string
  readonly default?: string | readonly string[]
  readonly allowedValues?: readonly string[]
  readonly allowedPattern?: string
  readonly minChars?: number
  readonly maxChars?: number
}

/** The content of a session document. */
export interface SessionDocument {
  readonly schemaVersion: '1.0'
  readonly description: string
  readonly sessionType: 'Standard_Stream' | 'InteractiveCommands' | 'NonInteractiveCommands' | 'Port'
  readonly parameters: Readonly<Record<string, Parameter>>
  /** By name, for a command by platform and name; `{{ parameter }}` to be put in. */
  readonly properties?: Readonly<Record<string, unknown>>
  readonly inputs?: Readonly<Record<string, string | boolean>>
}

const PORT: Parameter = {
  type: 'String',
  default: '80',
  allowedPattern: '^([1-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
}
const LOCAL_PORT: Parameter = {
  type: 'String',
  default: '0',
  allowedPattern: '^([0-9]|[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$',
}
const HOST: Parameter = { type: 'String', allowedPattern: '^[^,$^&\\(\\)!;\'"<>\\`{}\\[\\]\\|#=]{3,}$' }
const COMMAND: Parameter = { type: 'String' }

const FORWARDING = {
  portNumber: '{{ portNumber }}',
  type: 'LocalPortForwarding',
  localPortNumber: '{{ localPortNumber }}',
}

function command(separateOutputStream?: true): Readonly<Record<string, unknown>> {
  const properties = {
    commands: '{{ command }}',
    runAsElevated: false,
    ...(separateOutputStream === undefined ? {} : { separateOutputStream }),
  }
  return { linux: properties, macos: properties, windows: properties }
}

/** The documents that every account has, by name. */
export const STOCK_DOCUMENTS: Readonly<Record<string, SessionDocument>> = {
  [PREFERENCES_DOCUMENT]: {
    schemaVersion: '1.0',
    description: 'Document to hold regional settings for Session Manager',
    sessionType: 'Standard_Stream',
    parameters: {},
    inputs: {
      s3BucketName: '',
      s3KeyPrefix: '',
      s3EncryptionEnabled: true,
      cloudWatchLogGroupName: '',
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: false,
      kmsKeyId: '',
      runAsEnabled: false,
      runAsDefaultUser: '',
      idleSessionTimeout: '20',
      maxSessionDuration: '',
    },
  },
  'AWS-StartPortForwardingSession': {
    schemaVersion: '1.0',
    description: 'Document to start port forwarding session over Session Manager',
    sessionType: 'Port',
    parameters: { portNumber: PORT, localPortNumber: LOCAL_PORT },
    properties: FORWARDING,
  },
  'AWS-StartPortForwardingSessionToRemoteHost': {
    schemaVersion: '1.0',
    description: 'Document to start port forwarding session over Session Manager to remote host',
    sessionType: 'Port',
    parameters: { portNumber: PORT, localPortNumber: LOCAL_PORT, host: HOST },
    properties: { ...FORWARDING, host: '{{ host }}' },
  },
  'AWS-StartSSHSession': {
    schemaVersion: '1.0',
    description: 'Document to start SSH session over Session Manager',
    sessionType: 'Port',
    parameters: { portNumber: { type: 'String', default: '22', allowedPattern: '^[0-9]{1,5}$' } },
    properties: { portNumber: '{{ portNumber }}' },
  },
  'AWS-StartInteractiveCommand': {
    schemaVersion: '1.0',
    description: 'Document to run a single interactive command over Session Manager',
    sessionType: 'InteractiveCommands',
    parameters: { command: COMMAND },
    properties: command(),
  },
  'AWS-StartNonInteractiveCommand': {
    schemaVersion: '1.0',
    description: 'Document to run a single non-interactive command over Session Manager',
    sessionType: 'NonInteractiveCommands',
    parameters: { command: COMMAND },
    properties: command(),
  },
  [SEPARATE_OUTPUT_DOCUMENT]: {
    schemaVersion: '1.0',
    description: 'Runs a single command with stdout, stderr and exit code apart',
    sessionType: 'NonInteractiveCommands',
    parameters: { command: COMMAND },
    properties: command(true),
  },
}
