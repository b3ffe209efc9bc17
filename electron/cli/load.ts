// Which module has a command, and what each command needs of the door. Commands are imported when they are run.

import { AppError } from '../../shared/errors'
import type { Arguments } from './arguments'
import type { CommandName } from './commands/table'
import type { Command, LocalCommand } from './context'

/** Commands that are given no environment. */
const local = {
  login: async () => (await import('./commands/login')).login,
  credentials: async () => (await import('./commands/credentials')).credentials,
  connect: async () => (await import('./commands/connect')).connect,
  'targets list': async () => (await import('./commands/targets')).listTargets,
  'targets read': async () => (await import('./commands/targets')).readTarget,
  'targets authorize': async () => (await import('./commands/targets')).authorizeTarget,
  up: async () => (await import('./commands/updown')).up,
  down: async () => (await import('./commands/updown')).down,
} as const satisfies Partial<Record<CommandName, () => Promise<LocalCommand>>>

type LocalName = keyof typeof local

/** Commands that are given an open environment; the doctor opens its own. */
const opened: Readonly<Record<Exclude<CommandName, LocalName | 'doctor'>, (args: Arguments) => Promise<Command>>> = {
  ls: async (args) =>
    args.flag('containers')
      ? (await import('./commands/lscontainers')).lsContainers
      : (await import('./commands/ls')).ls,
  shell: async () => (await import('./commands/shell')).shell,
  exec: async () => (await import('./commands/exec')).exec,
  ephemeral: async () => (await import('./commands/ephemeral')).ephemeral,
  forward: async () => (await import('./commands/forward')).forward,
  'ssh-proxy': async () => (await import('./commands/sshproxy')).sshProxy,
  authorize: async (args) =>
    args.flag('portable')
      ? (await import('./commands/authorizeportable')).authorizePortable
      : (await import('./commands/authorize')).authorizeHeld,
  'sessions list': async () => (await import('./commands/sessions')).sessionsList,
  'sessions read': async () => (await import('./commands/sessions')).sessionsRead,
  'sessions cancel': async () => (await import('./commands/sessionscancel')).sessionsCancel,
}

function isLocal(name: CommandName): name is LocalName {
  return Object.hasOwn(local, name)
}

/** Whether a command opens a socket for new keys: those that run for long without a person. */
export function takesKeys(name: CommandName): boolean {
  return name === 'forward' || name === 'ssh-proxy' || name === 'authorize'
}

/** Whether a command starts sessions, which the ledger records. */
export function hasRecords(name: CommandName): boolean {
  return name !== 'ls' && !name.startsWith('sessions ')
}

/** A command that is given no environment; undefined for one that is. */
export async function loadLocal(name: CommandName, args: Arguments): Promise<LocalCommand | undefined> {
  if (isLocal(name)) return local[name]()
  if (name !== 'authorize') return undefined
  // Without an option that says otherwise the running Culvert is asked.
  const { authorize, isAsked } = await import('./commands/authorize')
  return isAsked(args) ? authorize : undefined
}

/** A command that is given an open environment. Rejects with `internal` for any other. */
export async function loadCommand(name: CommandName, args: Arguments): Promise<Command> {
  if (isLocal(name) || name === 'doctor') throw new AppError('internal', `${name} opens no environment.`)
  return opened[name](args)
}
