// Turns the typed fields of an ephemeral session into what is asked for, or into the reasons why it is incomplete, field by field. Pure.

import type { EphemeralFields } from '../../shared/model/ephemeral'
import { minutesText, readMinutesUpTo } from '../forwards/editor/limits'

/** Thirty days, the most that the core takes. */
const MAX_MINUTES = 43_200

const MAX_REASON = 256
const MAX_VARIABLES = 100
const MAX_VALUE = 4_000

/** The fields as typed. An empty one means the usual value. */
export interface TypedSession {
  readonly container: string
  readonly command: string
  /** In MB. */
  readonly memory: string
  /** `8 h`. */
  readonly ttl: string
  /** A line for each variable: `NAME=value`. */
  readonly variables: string
  readonly reason: string
}

/** A field that can have a problem. */
export type SessionField = 'command' | 'memory' | 'ttl' | 'variables' | 'reason'

/** What is asked for, or a sentence for each field that has a problem. */
export type SessionReading =
  | { readonly kind: 'fields'; readonly fields: EphemeralFields }
  | { readonly kind: 'refused'; readonly problems: Partial<Readonly<Record<SessionField, string>>> }

/** The typed form of fields. */
export function typedOf({
  container,
  command,
  memoryMiB,
  ttlMinutes,
  variables,
  reason,
}: EphemeralFields): TypedSession {
  return {
    container: container ?? '',
    command: command ?? '',
    memory: memoryMiB === undefined ? '' : String(memoryMiB),
    ttl: ttlMinutes === undefined ? '' : minutesText(ttlMinutes),
    variables: Object.entries(variables ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
    reason: reason ?? '',
  }
}

type Variables = Readonly<Record<string, string>>

/** Reads lines of `NAME=value`; a sentence for the first line that is none. */
function readVariables(text: string): { readonly variables: Variables } | { readonly problem: string } {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const pairs: (readonly [string, string])[] = []
  for (const line of lines) {
    const at = line.indexOf('=')
    const name = at < 0 ? line.trim() : line.slice(0, at).trim()
    if (at < 0) return { problem: `Write NAME=value on each line, not "${name.slice(0, 60)}".` }
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) {
      return { problem: `"${name.slice(0, 60)}" can be no name of a variable. A name has letters, digits and _.` }
    }
    if (line.length - at > MAX_VALUE) return { problem: `The value of ${name} has more than ${MAX_VALUE} characters.` }
    pairs.push([name, line.slice(at + 1)])
  }
  if (pairs.length > MAX_VARIABLES) return { problem: `A session has ${MAX_VARIABLES} variables at most.` }
  return { variables: Object.fromEntries(pairs) }
}

function readMemory(text: string): number | undefined {
  const digits = /^(\d{1,6})\s*(?:mi?b)?$/i.exec(text.trim())?.[1]
  const memory = digits === undefined ? undefined : Number(digits)
  return memory !== undefined && memory >= 6 && memory <= 245_760 ? memory : undefined
}

/** Reads the form for a service. */
export function readSession(
  of: Pick<EphemeralFields, 'cluster' | 'service'>,
  { container, command, memory, ttl, variables, reason }: TypedSession,
): SessionReading {
  const memoryMiB = readMemory(memory)
  const ttlMinutes = readMinutesUpTo(ttl, MAX_MINUTES)
  const read = readVariables(variables)
  const said = reason.trim()
  const problems = {
    ...(command.trim().length > MAX_VALUE ? { command: `A command has ${MAX_VALUE} characters at most.` } : {}),
    ...(memory.trim() !== '' && memoryMiB === undefined
      ? { memory: 'Enter the memory in MB, such as 2048, or leave this empty for 1,024.' }
      : {}),
    ...(ttl.trim() !== '' && ttlMinutes === undefined
      ? { ttl: 'Enter a time such as 8 h or 7 d, 30 days at most, or leave this empty.' }
      : {}),
    ...('problem' in read ? { variables: read.problem } : {}),
    ...(said.length > MAX_REASON ? { reason: `A reason has ${MAX_REASON} characters at most.` } : {}),
  }
  if (Object.keys(problems).length > 0 || 'problem' in read) return { kind: 'refused', problems }
  const fields = {
    cluster: of.cluster,
    service: of.service,
    ...(container === '' ? {} : { container }),
    ...(command.trim() === '' ? {} : { command: command.trim() }),
    ...(memoryMiB === undefined ? {} : { memoryMiB }),
    ...(ttlMinutes === undefined ? {} : { ttlMinutes }),
    ...(Object.keys(read.variables).length === 0 ? {} : { variables: read.variables }),
    ...(said === '' ? {} : { reason: said }),
  }
  return { kind: 'fields', fields }
}

/** The times that are offered with one press. */
export const TTL_PRESETS = [
  { label: '1 hour', text: '1 h' },
  { label: '8 hours', text: '8 h' },
  { label: '1 day', text: '1 d' },
  { label: '7 days', text: '7 d' },
] as const
