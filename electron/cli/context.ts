// The parameters of every command.

import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { documentNameProblem } from '../../shared/environmentsettings'
import { isInstanceId, SET_CHOICES } from '../../shared/targetset'
import type { DocumentChoice } from '../../shared/model/document'
import type { AuthorizationLedger } from '../core/authorizations/recorded'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { HostWish } from '../core/environments/finding'
import type { Instance } from '../../shared/model/instance'
import type { SessionAbout } from '../../shared/sessionnote'
import type { Environment } from '../core/environments/environment'
import type { Arguments } from './arguments'
import type { Keyboard } from './keyboard'
import { parseParameters } from './parameters'
import type { Sink } from './sink'

/** What a command prints to. */
export type Printer = Pick<Sink, 'write'>

/** The context of every command. The door owns all of it. */
export interface LocalContext {
  readonly args: Arguments
  /** The process's variables and system: they say where the data directory is. */
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  readonly stdin: Readable
  readonly stdout: Printer
  readonly stderr: Printer
  /** Aborted with an `Interruption` when the command shall end. */
  readonly signal: AbortSignal
}

/** The context of a command that opens an environment. */
export interface CommandContext extends Omit<LocalContext, 'env' | 'platform'> {
  readonly environment: Environment
  /** Where Culvert keeps what it knows. */
  readonly dataDirectory: string
  /** Where authorizations are recorded; absent for commands that record none, and where nothing can be recorded. */
  readonly ledger?: AuthorizationLedger
  /** Stdin, where it is a terminal. */
  readonly keyboard: Keyboard | undefined
  /** Stdout, where it is a terminal. */
  readonly screen: WriteStream | undefined
  /** Whether stdout is a pipe or a socket, whose reader can go away unnoticed. */
  readonly isPiped: boolean
}

/** Runs to its end and answers the exit status. Throws `AppError`s, and the `Interruption` that ended it. */
export type Command = (context: CommandContext) => Promise<number>

/** The same without an environment. */
export type LocalCommand = (context: LocalContext) => Promise<number>

/** How another process opens the environment of a command. */
export function environmentRefOf(args: Arguments, { region }: Pick<Environment, 'region'>): EnvironmentRef {
  const profile = args.value('profile')
  if (args.flag('demo')) return { kind: 'demo' }
  return { kind: 'aws', region, ...(profile === undefined ? {} : { profile }) }
}

/** The option that every session takes, as the core wants it. */
export function reasonOf(args: Arguments): { readonly reason?: string } {
  const reason = args.value('reason')
  return reason === undefined ? {} : { reason }
}

/** How the host of a TARGET is chosen, as `--choose` and `--host-id` say. Throws `usage`. */
export function wishOf(args: Arguments): HostWish {
  const text = args.value('choose')
  const hostId = args.value('host-id')
  const choice = SET_CHOICES.find((each) => each === text)
  if (text !== undefined && choice === undefined)
    throw args.usage(`--choose takes ${SET_CHOICES.join(', ')}, not "${text}"`)
  if (hostId !== undefined && !isInstanceId(hostId)) throw args.usage(`--host-id takes an instance id, not "${hostId}"`)
  if (choice !== undefined && hostId !== undefined) throw args.usage('--host-id names the host: leave --choose out')
  return { ...(choice === undefined ? {} : { choice }), ...(hostId === undefined ? {} : { hostId }) }
}

/** What the ledger shall know of a session to `instance`. */
export function aboutOf(instance: Instance, more: SessionAbout = {}): { readonly about: SessionAbout } {
  return { about: { ...(instance.name === '' ? {} : { targetName: instance.name }), ...more } }
}

/** The session document that `--document` and `--parameters` name. Throws `usage`. */
export function documentOf(args: Arguments): { readonly document?: DocumentChoice } {
  const name = args.value('document')
  const texts = args.list('parameters')
  const parameters = parseParameters(args)
  if (name === undefined) {
    if (texts.length > 0) throw args.usage('--parameters needs --document')
    return {}
  }
  if (documentNameProblem(name) !== undefined) throw args.usage(`--document takes a name or an ARN, not "${name}"`)
  return { document: { name, ...(texts.length === 0 ? {} : { parameters }) } }
}

/** Prints everything that comes out of `from`, at the pace of `to`. Resolves when `from` has ended. */
export async function pour(from: Readable, to: Printer): Promise<void> {
  for await (const chunk of from) {
    if (chunk instanceof Uint8Array) await to.write(chunk)
  }
}

/**
 * Resolves or rejects as `ended` does, but not before all output until then has been printed. Printing fails only where the
 * session does, and `ended` tells why.
 */
export async function printedUntil<T>(ended: Promise<T>, printing: readonly Promise<void>[]): Promise<T> {
  await Promise.allSettled(printing)
  return ended
}
