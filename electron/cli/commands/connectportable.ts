// culvert connect with a portable token: this process carries the session itself, without credentials.
//
// Limit and expiry are kept here as a courtesy: nothing else knows of them but the process that has authorized the session.

import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import { momentWords } from '../../../shared/forecast'
import { Admission } from '../../core/authorizations/admission'
import { carryPort } from '../../core/authorizations/carrying'
import type { PortableToken } from '../../core/authorizations/tokens/portable'
import { openingError, portableEnvironment } from '../../core/authorizations/portable/environment'
import type { Environment } from '../../core/environments/environment'
import { processBudgets } from '../../core/tunnels/budgets'
import { attach, screenSize, type AttachOptions } from '../attach'
import type { LocalContext } from '../context'
import { interrupted } from '../life'
import { wordLine } from '../text'
import type { ConnectReporter } from './connect'

/** What the command line says of it. */
export interface PortableWish {
  readonly reporter: ConnectReporter
  readonly localPort: number | undefined
  /** See `AttachOptions`. */
  readonly terminal: Omit<AttachOptions, 'platform'>
}

/** Opens the session of the token and stays until it is over. Rejects with `authorization-refused` where it comes too late. */
export async function connectPortable(
  token: PortableToken,
  context: LocalContext,
  wish: PortableWish,
): Promise<number> {
  const { args, signal } = context
  const now = Date.now()
  if (token.expiresAt <= now) {
    const text = `The authorization expired at ${momentWords(token.expiresAt, now)}. Run culvert authorize again.`
    throw new AppError('authorization-refused', text)
  }
  const endpointUrl = args.value('endpoint-url')
  await using environment = portableEnvironment(token, {
    budgets: processBudgets(),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  })
  const { session } = token
  if (session.kind === 'shell') {
    return openPortableShell({ environment, target: token.target, platform: session.platform }, context, wish)
  }
  return carryPortable(environment, { ...token, session }, { ...wish, signal })
}

async function openPortableShell(
  shell: Pick<AttachOptions, 'platform'> & { readonly environment: Environment; readonly target: string },
  { stderr, signal }: LocalContext,
  { terminal }: PortableWish,
): Promise<number> {
  const { environment, target, platform } = shell
  const size = screenSize(terminal.screen)
  await using opened = await environment.openShell({ target, platform, size, signal }).catch((error: unknown) => {
    throw openingError(error)
  })
  const text = await attach(opened, { ...terminal, platform })
  if (text !== '') await stderr.write(wordLine(text))
  return 0
}

async function carryPortable(
  environment: Environment,
  token: PortableToken & { readonly session: Exclude<PortableToken['session'], { kind: 'shell' }> },
  { reporter, localPort, signal }: Omit<PortableWish, 'terminal'> & { readonly signal: AbortSignal },
): Promise<number> {
  const { session, target, connectionLimit, expiresAt, sessionId } = token
  using admission = new Admission({ limit: connectionLimit ?? undefined, expiresAt, now: Date.now })
  let lines = Promise.resolve()
  const failed = deferred<never>()
  failed.promise.catch(() => undefined)
  // The agent waits 15 s for the client: a raw connection is opened now, and the first program gets it.
  const raw =
    session.kind === 'ssh' ? environment.openRawSession({ target, remotePort: session.remotePort, signal }) : undefined
  raw?.catch((error: unknown) => failed.reject(error instanceof Error ? error : new Error(String(error))))
  const carried = await carryPort({
    environment: {
      openTunnel: (options) => environment.openTunnel(options),
      openRawSession: (options) => raw ?? environment.openRawSession(options),
    },
    target,
    about: {},
    session,
    admission,
    localPort,
    tell: (text) => {
      lines = lines.then(() => reporter.told(text))
    },
    signal,
  }).catch((error: unknown) => {
    throw openingError(error)
  })
  try {
    await Promise.race([raw, failed.promise]).catch((error: unknown) => {
      throw openingError(error)
    })
    const { host, port } = carried
    const { kind: protocol } = session
    const word = { kind: 'listening' as const, host, port, protocol, connectionLimit, expiresAt, sessionId }
    lines = lines.then(() => reporter.listening(word))
    const ended = carried.ended.then(() => ({ text: '' }))
    const { text } = await Promise.race([ended, admission.spent, interrupted(signal)])
    lines = lines.then(() => reporter.ended(text))
    return 0
  } finally {
    await carried[Symbol.asyncDispose]()
    await raw?.then((opened) => opened[Symbol.asyncDispose]()).catch(() => undefined)
    await lines
  }
}
