// The session documents of the Demo's account: the parameters of each, and the session that an agent starts from it. Pure.
//
// Source: specification §1.5; the recorded conversations show the documents' content as an agent receives it.

import type { SessionPlan } from '../agent/plugin'

/** The document with the account's preferences. A session that names no document has this one. */
export const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell'

/** The Demo's own document: a command whose stdout, stderr and exit code come separately. AWS has no stock one. */
export const SEPARATE_OUTPUT_DOCUMENT = 'Culvert-SeparateOutputCommand'

interface Parameter {
  readonly type: 'String'
  readonly default?: string
  readonly allowedPattern?: string
}

interface SessionDocument {
  readonly schemaVersion: '1.0'
  readonly description: string
  readonly sessionType: 'Standard_Stream' | 'InteractiveCommands' | 'NonInteractiveCommands' | 'Port'
  readonly parameters: Readonly<Record<string, Parameter>>
  /** Properties of a Port document by name, `{{ parameter }}` to be put in. */
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

const DOCUMENTS: Readonly<Record<string, SessionDocument>> = {
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

function documentOf(name: string): SessionDocument | undefined {
  return Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name] : undefined
}

/** The preferences that an account may set, in the words of the document; "" means unset. */
interface Preferences {
  readonly kmsKeyId?: string
  /** Minutes. */
  readonly idleSessionTimeout?: string
  /** Minutes. */
  readonly maxSessionDuration?: string
}

/** The JSON text of a document as GetDocument returns it, or undefined. */
export function documentContent(name: string, preferences: Preferences = {}): string | undefined {
  const document = documentOf(name)
  if (document === undefined) return undefined
  const inputs = document.inputs === undefined ? {} : { inputs: { ...document.inputs, ...preferences } }
  return JSON.stringify({ ...document, ...inputs }, null, 2)
}

/** The result of planning a session: the plan, or why there is none. */
export type Planned =
  | { readonly kind: 'planned'; readonly plan: SessionPlan }
  | { readonly kind: 'unknown-document' }
  | { readonly kind: 'invalid-parameters'; readonly why: string }

// The values with defaults filled in, or why they are not allowed.
function fill(
  document: SessionDocument,
  parameters: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> | string {
  const unknown = Object.keys(parameters).find((name) => !Object.hasOwn(document.parameters, name))
  if (unknown !== undefined) return `The parameter ${unknown} is not defined in the document.`
  const values: Record<string, string> = {}
  for (const [name, parameter] of Object.entries(document.parameters)) {
    const value = parameters[name]?.join(' ') ?? parameter.default
    if (value === undefined) return `The parameter ${name} is required.`
    const isAllowed = parameter.allowedPattern === undefined || new RegExp(parameter.allowedPattern).test(value)
    if (!isAllowed) return `The value "${value}" of the parameter ${name} does not match ${parameter.allowedPattern}.`
    values[name] = value
  }
  return values
}

function portProperties(
  document: SessionDocument,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const put = (text: string): string => text.replace(/^\{\{ (\w+) \}\}$/, (_, name: string) => values[name] ?? '')
  return Object.fromEntries(Object.entries(document.properties ?? {}).map(([key, value]) => [key, put(String(value))]))
}

/** Puts the parameters into a document. The result says what the session does. */
export function planSession(name: string, parameters: Readonly<Record<string, readonly string[]>>): Planned {
  const document = documentOf(name)
  if (document === undefined) return { kind: 'unknown-document' }
  const values = fill(document, parameters)
  if (typeof values === 'string') return { kind: 'invalid-parameters', why: values }
  const commandLine = values['command'] ?? ''
  switch (document.sessionType) {
    case 'Standard_Stream':
      return { kind: 'planned', plan: { kind: 'shell' } }
    case 'InteractiveCommands':
      return { kind: 'planned', plan: { kind: 'interactive-command', command: commandLine } }
    case 'NonInteractiveCommands': {
      const hasSeparateOutput = name === SEPARATE_OUTPUT_DOCUMENT
      return { kind: 'planned', plan: { kind: 'command', command: commandLine, hasSeparateOutput } }
    }
    case 'Port':
      return { kind: 'planned', plan: { kind: 'port', properties: portProperties(document, values) } }
  }
}
