// The AWS command that solves an error or shows its cause. It is copied from a window or read on stderr.
//
// Pure. Names from outside are quoted for a shell. A name that cannot be quoted safely gives no command, because people run
// what they copy.

import type { ErrorCode } from '../../../shared/errors'
import { withoutUnseen } from '../../../shared/foreigntext'
import type { CredentialSource } from './sentences'

/** The subject of an error. */
export interface CommandSubject {
  readonly source: CredentialSource
  readonly region?: string
  readonly target?: string
  readonly document?: string
  readonly key?: string
}

/** The longest command that is offered. Longer than any ARN with its options. */
const MAX_COMMAND = 2_000

/** A word of a command line; undefined where it cannot be quoted safely for every shell. */
function shellWord(text: string): string | undefined {
  if (/^[\w@+=:,./][\w@+=:,./-]*$/.test(text)) return text
  if (text === '' || text.startsWith('-') || withoutUnseen(text) !== text || /[\r\n]/.test(text)) return undefined
  // Double quotes mean the same to sh, cmd and PowerShell around text without these characters.
  return /["$`\\!%^&|<>]/.test(text) ? `'${text.replaceAll("'", String.raw`'\''`)}'` : `"${text}"`
}

/** A command as one line, each `--option` left out with its value where that is undefined. */
export function commandLine(
  command: string,
  options: Readonly<Record<string, string | undefined>> = {},
): string | undefined {
  const parts = [command]
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const word = shellWord(value)
    if (word === undefined) return undefined
    parts.push(`--${name} ${word}`)
  }
  const line = parts.join(' ')
  return line.length > MAX_COMMAND ? undefined : line
}

/** The command that gives a running process new keys; those of the profile that is offered come from AWS's tool. */
function handOver(source: CredentialSource): string | undefined {
  if (!('handOver' in source) || source.handOver === undefined) return undefined
  const { command, hasWindow } = source.handOver
  const offered = source.kind === 'environment' ? source.offered : undefined
  if (offered === undefined || hasWindow) return command
  const line = commandLine('aws configure export-credentials', { profile: offered })
  return line === undefined ? command : `${line} | ${command} -`
}

type Mend = (subject: CommandSubject) => string | undefined

function profileOf({ source }: CommandSubject): string | undefined {
  return source.kind === 'profile' ? source.name : undefined
}

function configure(subject: CommandSubject): string | undefined {
  const { kind } = subject.source
  // Keys in the environment come from the program that started Culvert: no command here renews them.
  return kind === 'environment' || kind === 'handed' || kind === 'given'
    ? undefined
    : commandLine('aws configure', { profile: profileOf(subject) })
}

function describeInstance(subject: CommandSubject): string | undefined {
  const { region, target } = subject
  const filters = target === undefined ? undefined : `Key=InstanceIds,Values=${target}`
  return commandLine('aws ssm describe-instance-information', { filters, region, profile: profileOf(subject) })
}

/** Codes without an entry have no command, for example a network that is down. */
const mends: Partial<Record<ErrorCode, Mend>> = {
  'credentials-expired': ({ source }) =>
    source.kind === 'profile'
      ? commandLine(source.login ?? 'aws configure', { profile: source.name })
      : handOver(source),
  'credentials-missing': configure,
  'region-missing': configure,
  'profile-unknown': (subject) => {
    const profile = profileOf(subject)
    return profile === undefined ? 'aws configure list-profiles' : commandLine('aws configure list', { profile })
  },
  'access-denied': (subject) => commandLine('aws sts get-caller-identity', { profile: profileOf(subject) }),
  'wrong-region': (subject) => commandLine('aws ec2 describe-regions', { profile: profileOf(subject) }),
  'agent-offline': describeInstance,
  'unknown-instance': describeInstance,
  'document-missing': (subject) => {
    const { document = 'SSM-SessionManagerRunShell', region } = subject
    return commandLine('aws ssm describe-document', { name: document, region, profile: profileOf(subject) })
  },
  'key-denied': (subject) => {
    const { key, region } = subject
    if (key === undefined) return undefined
    return commandLine('aws kms describe-key', { 'key-id': key, region, profile: profileOf(subject) })
  },
}

/** The command for an error of AWS with this code; undefined where none helps. */
export function mendingCommand(code: ErrorCode, subject: CommandSubject): string | undefined {
  return mends[code]?.(subject)
}

/** The longest profile name that a window sends back. */
const MAX_PROFILE = 200

/** The profile whose SSO login has to be renewed for an error with this code; undefined where no login helps. */
export function loginProfile(code: ErrorCode, source: CredentialSource): string | undefined {
  const isLogin = code === 'credentials-expired' && source.kind === 'profile' && source.login === 'aws sso login'
  return isLogin && source.name.length <= MAX_PROFILE ? source.name : undefined
}
