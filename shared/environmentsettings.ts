// The settings of one environment, which a person saves: its session documents, the endpoint of ssmmessages, and whether sessions
// need a reason.

import { isLoopbackAddress } from './hosts'
import type { DocumentUse } from './model/document'
import type { RecordingRule } from './model/recording'

/** The settings of an environment. What is absent is as AWS has it. */
export interface EnvironmentSettings {
  /** The session document for each use. */
  readonly documents?: Readonly<Partial<Record<DocumentUse, string>>>
  /** Scheme, host and port in place of those that AWS names for the data of sessions. */
  readonly messageEndpoint?: string
  /** Whether every session needs a reason. */
  readonly isReasonRequired?: boolean
  /** Whether terminals are recorded. Absent: `off`. */
  readonly recording?: RecordingRule
  /** How long ephemeral sessions live. Absent: seven days. */
  readonly ephemeralMinutes?: number
  /** How many ephemeral sessions may be open. Absent: 5. */
  readonly ephemeralLimit?: number
  /** The command of shells in containers, by CLUSTER/SERVICE. Absent: /bin/sh. */
  readonly containerCommands?: Readonly<Record<string, string>>
}

/** What is absent in the settings of an environment about ephemeral sessions. */
export const EPHEMERAL_MINUTES = 10_080
export const EPHEMERAL_LIMIT = 5

/** The settings of all environments; see `environmentId`. */
export type AllEnvironmentSettings = Readonly<Record<string, EnvironmentSettings>>

/** The uses of sessions in display order. */
export const DOCUMENT_USES = ['shell', 'port', 'remoteHost', 'ssh'] as const satisfies readonly DocumentUse[]

/** The longest reason that AWS takes. Source: Systems Manager API reference, StartSession. */
export const MAX_REASON = 256

/** The key of an environment in the settings: the name that windows show, and the region. */
export function environmentId(name: string, region: string): string {
  return `${name} ${region}`
}

/** The settings of one environment; empty where nothing was set. */
export function settingsOf(all: AllEnvironmentSettings, name: string, region: string): EnvironmentSettings {
  const id = environmentId(name, region)
  return (Object.hasOwn(all, id) ? all[id] : undefined) ?? {}
}

/** All settings with those of one environment changed. Fields that are undefined are removed. */
export function withSettings(
  all: AllEnvironmentSettings,
  id: string,
  change: { readonly [K in keyof EnvironmentSettings]?: EnvironmentSettings[K] | undefined },
): AllEnvironmentSettings {
  const before = Object.hasOwn(all, id) ? all[id] : undefined
  const { documents, messageEndpoint, isReasonRequired, recording, ...others } = { ...before, ...change }
  const { ephemeralMinutes, ephemeralLimit, containerCommands } = others
  const next: EnvironmentSettings = {
    ...(documents === undefined || Object.keys(documents).length === 0 ? {} : { documents }),
    ...(messageEndpoint === undefined ? {} : { messageEndpoint }),
    ...(isReasonRequired === true ? { isReasonRequired } : {}),
    ...(recording === undefined || recording === 'off' ? {} : { recording }),
    ...(ephemeralMinutes === undefined ? {} : { ephemeralMinutes }),
    ...(ephemeralLimit === undefined ? {} : { ephemeralLimit }),
    ...(containerCommands === undefined || Object.keys(containerCommands).length === 0 ? {} : { containerCommands }),
  }
  const rest = Object.entries(all).filter(([name]) => name !== id)
  return Object.fromEntries(Object.keys(next).length === 0 ? rest : [...rest, [id, next]])
}

/**
 * Why `name` cannot be a session document, as a sentence; undefined if it can.
 * Source: Systems Manager API reference, StartSession, DocumentName.
 */
export function documentNameProblem(name: string): string | undefined {
  return /^[\w\-.:/]{3,128}$/.test(name)
    ? undefined
    : 'A session document is named by 3 to 128 letters, digits and _ - . : / characters, or by its ARN.'
}

/** Why `text` cannot be the endpoint of ssmmessages, as a sentence; undefined if it can. */
export function messageEndpointProblem(text: string): string | undefined {
  const whole = text.includes('://') ? text : `https://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  const isBare =
    url !== undefined && url.pathname === '/' && `${url.search}${url.hash}${url.username}${url.password}` === ''
  if (!isBare || !/^(https?|wss?):$/.test(url.protocol) || /\s/.test(text)) {
    return 'Enter a host, or a URL of a host such as https://vpce-0abc.ssmmessages.eu-west-1.vpce.amazonaws.com.'
  }
  return /^(http|ws):$/.test(url.protocol) && !isLoopbackAddress(url.hostname)
    ? 'The session would go over the network without encryption. Enter an https:// URL.'
    : undefined
}

/** Why `text` cannot be a reason, as a sentence; undefined if it can. */
export function reasonProblem(text: string): string | undefined {
  if (text.trim() === '') return 'Enter a reason, such as the number of a ticket.'
  if (/[\r\n\u2028\u2029]/.test(text)) return 'A reason is one line.'
  return text.length > MAX_REASON ? `A reason has ${MAX_REASON} characters at most.` : undefined
}
