// culvert authorize: authorizes one session, at the running Culvert or, with --hold, in this process; prints its token.
//
// The token goes to stdout and nowhere else. Notes go to stderr.

import { AppError } from '../../../shared/errors'
import { printableJson, shownName } from '../../../shared/foreigntext'
import { deferred } from '../../../shared/deferred'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { Authorizer } from '../../core/authorizations/authorizer'
import {
  answerOf,
  authorizedAnswer,
  MAX_CONNECTION_LIMIT,
  wantedFor,
  type AuthorizationWish,
  type AuthorizedAnswer,
} from '../../core/authorizations/control'
import { EXPIRES_AFTER_MS } from '../../core/authorizations/fromtarget'
import { recordedBy } from '../../core/authorizations/recorded'
import { isSavedTarget } from '../../core/environments/finding'
import { askRunning } from '../../core/lock/asking'
import { dataDirectoryPath } from '../../core/store/datadirectory'
import type { Arguments } from '../arguments'
import {
  documentOf,
  environmentRefOf,
  reasonOf,
  wishOf,
  type Command,
  type LocalCommand,
  type LocalContext,
  type Printer,
} from '../context'
import { informationBlock, localTime } from '../information'
import { interrupted } from '../life'
import { parseSpan } from '../span'
import { takeKeys } from '../takekeys'
import { wordLine } from '../text'

/** What the command line asks for, but for the environment. Throws `usage`. */
export function authorizationOf(args: Arguments, target = args.positional(0)): Omit<AuthorizationWish, 'environment'> {
  const session = sessionOf(args, target)
  const { document } = documentOf(args)
  const { choice, hostId } = wishOf(args)
  const connectionLimit = limitOf(args, session)
  const expiresAfterMs = expiryOf(args)
  return {
    target,
    ...(choice === undefined && hostId === undefined
      ? {}
      : { host: { ...(choice === undefined ? {} : { choice }), ...(hostId === undefined ? {} : { hostId }) } }),
    ...(session === undefined ? {} : { session }),
    ...(connectionLimit === undefined ? {} : { connectionLimit }),
    ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }),
    ...(document === undefined ? {} : { document: copyOf(document) }),
    ...reasonOf(args),
  }
}

function copyOf({ name, parameters }: NonNullable<ReturnType<typeof documentOf>['document']>) {
  if (parameters === undefined) return { name }
  const entries = Object.entries(parameters).map(([key, values]): [string, string[]] => [key, [...values]])
  return { name, parameters: Object.fromEntries(entries) }
}

/** The session that is named; undefined: that of the saved target. */
function sessionOf(args: Arguments, target: string): AuthorizationWish['session'] {
  const remotePort = args.portOption('remote-port')
  const sshPort = args.portOption('ssh')
  const remoteHost = args.value('host')
  const kinds = [remotePort !== undefined, sshPort !== undefined, args.flag('shell')].filter(Boolean).length
  if (kinds === 0 && isSavedTarget(target)) {
    if (remoteHost === undefined) return undefined
    throw args.usage('--host needs --remote-port')
  }
  if (kinds !== 1) throw args.usage('authorize needs one of --remote-port, --ssh and --shell')
  if (remoteHost !== undefined && remotePort === undefined) throw args.usage('--host needs --remote-port')
  if (remotePort !== undefined) {
    return { kind: 'tcp', remotePort, ...(remoteHost === undefined ? {} : { remoteHost }) }
  }
  return sshPort === undefined ? { kind: 'shell' } : { kind: 'ssh', remotePort: sshPort }
}

function limitOf(args: Arguments, session: AuthorizationWish['session']): number | null | undefined {
  const text = args.value('connection-limit')
  if (text === undefined) return undefined
  if (session?.kind === 'shell') throw args.usage('--connection-limit is for ports: a shell is one connection')
  if (text === 'none') return null
  const limit = Number(text)
  if (/^\d{1,7}$/.test(text) && limit >= 1 && limit <= MAX_CONNECTION_LIMIT) return limit
  throw args.usage(`--connection-limit must be none or a number from 1 to ${String(MAX_CONNECTION_LIMIT)}`)
}

function expiryOf(args: Arguments): number | undefined {
  const text = args.value('expires')
  if (text === undefined) return undefined
  const ms = parseSpan(text)
  if (ms !== undefined && ms >= EXPIRES_AFTER_MS.min && ms <= EXPIRES_AFTER_MS.max) return ms
  throw args.usage(`--expires must be a span from 1m to 7d, such as 30m or 8h, not "${text}"`)
}

/** The environment that options and variables name, as the running Culvert opens it. */
function environmentOf(args: Arguments, env: NodeJS.ProcessEnv): EnvironmentRef {
  if (args.flag('demo')) return { kind: 'demo' }
  for (const option of ['endpoint-url', 'ssmmessages-endpoint']) {
    if (args.value(option) !== undefined) {
      throw args.usage(`--${option} needs --hold: the running Culvert has endpoints of its own`)
    }
  }
  const profile = args.value('profile') ?? env['AWS_PROFILE']
  const region = args.value('region') ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION']
  return {
    kind: 'aws',
    ...(profile === undefined || profile === '' ? {} : { profile }),
    ...(region === undefined || region === '' ? {} : { region }),
  }
}

/** Prints an authorization, as a block or as one line of JSON. */
export async function printAuthorized(answer: AuthorizedAnswer, args: Arguments, stdout: Printer): Promise<void> {
  const { token, connectionLimit, createdAt, expiresAt, hostId, hostName, scope, sessionId, type, userId } = answer
  const targetId = args.positional(0)
  const times = { createdTime: localTime(createdAt), expiration: localTime(expiresAt) }
  if (args.flag('json')) {
    const ids = { hostId, hostName, scope, sessionId, targetId, type, userId }
    await stdout.write(`${printableJson({ authorizationToken: token, connectionLimit, ...times, ...ids })}\n`)
    return
  }
  const block = informationBlock('Target information', [
    ['Authorization Token', token],
    ['Connection Limit', connectionLimit === null ? 'none' : String(connectionLimit)],
    ['Created Time', times.createdTime],
    ['Expiration', times.expiration],
    ['Host ID', shownName(hostId)],
    ['Host Name', hostName === '' ? undefined : shownName(hostName)],
    ['Scope', `${shownName(scope.name)}, account ${shownName(scope.accountId)}, ${shownName(scope.region)}`],
    ['Session ID', shownName(sessionId)],
    ['Target ID', shownName(targetId)],
    ['Type', type],
    ['User ID', shownName(userId)],
  ])
  await stdout.write(block)
}

/** Whether the running Culvert is asked, and no environment is opened here. */
export function isAsked(args: Arguments): boolean {
  return !args.flag('hold') && !args.flag('portable')
}

/** Authorizes at the running Culvert. */
export const authorize: LocalCommand = (context) => {
  const { args, env } = context
  const wish = { environment: environmentOf(args, env), ...authorizationOf(args) }
  return askToAuthorize(wish, context, 'Or keep the authorization in this command: add --hold.')
}

/** Authorizes a wish at the running Culvert, and prints the answer. `next`: what a person can do where none runs. */
export async function askToAuthorize(
  wish: AuthorizationWish,
  { args, env, platform, stdout, signal }: Pick<LocalContext, 'args' | 'env' | 'platform' | 'stdout' | 'signal'>,
  next: string,
): Promise<number> {
  const asked = askRunning(dataDirectoryPath(env, platform), { authorize: wish }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'not-running') throw error
    throw new AppError('not-running', `${error.message} ${next}`, { cause: error })
  })
  const parsed = authorizedAnswer.safeParse(await Promise.race([asked, interrupted(signal)]))
  if (!parsed.success) {
    throw new AppError('protocol', 'The running Culvert gave no sensible answer: use the same version as it.')
  }
  await printAuthorized(parsed.data, args, stdout)
  return 0
}

/** Authorizes in this process, and stays until the session is over or the authorization has expired. */
export const authorizeHeld: Command = async (context) => {
  const { environment, args, stdout, stderr, ledger, signal } = context
  const recorded = ledger === undefined ? undefined : recordedBy(ledger)
  const over = deferred<string>()
  const say = (text: string): void => void stderr.write(wordLine(text))
  await using _keys = await takeKeys('authorize', context)
  let isRedeemed = false
  await using authorizer = new Authorizer({
    now: Date.now,
    ...(recorded === undefined ? {} : { record: recorded.record }),
    changed: (authorization, state) => {
      recorded?.changed(authorization, state)
      if (isRedeemed && state === 'pending') say('The session could not be opened. The token works again.')
      isRedeemed = state === 'redeemed'
      if (state === 'redeemed') say('The token was redeemed; the session is being opened.')
      if (state === 'expired') over.resolve('The authorization expired unused.')
      if (state === 'ended') over.resolve('The session has ended.')
    },
  })
  const wish = { ...authorizationOf(args), environment: environmentRefOf(args, environment) }
  const wanted = await wantedFor(wish, () => Promise.resolve(environment), signal)
  const authorized = await authorizer.authorize(wanted)
  await printAuthorized(answerOf(authorized), args, stdout)
  say('Waiting for culvert connect. Ctrl-C ends the authorization, and its session.')
  say(await Promise.race([over.promise, interrupted(signal)]))
  return 0
}
