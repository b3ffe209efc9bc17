// culvert authorize --portable: starts the session now, prints a token that opens it from any computer, and ends it if nobody comes.
//
// Stays until the session is over, because only this process can end it: the client elsewhere has no credentials.

import { AppError } from '../../../shared/errors'
import { aboutOf } from '../../core/authorizations/about'
import { answerOf, wantedFor } from '../../core/authorizations/control'
import { formatPortable, type PortableToken } from '../../core/authorizations/tokens/portable'
import { watchPortable } from '../../core/authorizations/portable/watch'
import type { Arguments } from '../arguments'
import type { Command } from '../context'
import { wordLine } from '../text'
import { authorizationOf, printAuthorized } from './authorize'

/** TerminateSession answers within a second. */
const END_MS = 10_000

const notes = [
  'The token is a secret: it opens the session for about a minute, from any computer. Pipe it to: ssh HOST culvert connect --authz -',
  'A portable session is not resumed: when its connection is lost, it is over. Limit and expiry are kept by culvert connect as a courtesy, and the expiry by this command too.',
]

/** Throws `usage` for what a portable session cannot be. */
function check(args: Arguments): void {
  if (args.flag('hold')) throw args.usage('authorize takes --hold or --portable, not both')
  const limit = args.value('connection-limit')
  if (args.value('ssh') !== undefined && limit !== undefined && limit !== '1') {
    throw args.usage('--ssh with --portable is one connection: its session is started now')
  }
}

function carriedOf(wanted: Awaited<ReturnType<typeof wantedFor>>): PortableToken['session'] {
  const { session, target } = wanted
  if (session.kind === 'shell') return { kind: 'shell', platform: target.platform }
  return { kind: session.kind, remotePort: session.remotePort }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer)
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', fail)
      resolve()
    }, ms)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}

/** See above. Exits with 1 where nobody came. */
export const authorizePortable: Command = async ({ environment, args, stdout, stderr, signal }) => {
  check(args)
  const say = (text: string): Promise<void> => stderr.write(wordLine(text))
  const wanted = await wantedFor(authorizationOf(args), () => Promise.resolve(environment), signal)
  const { target, session, connectionLimit, document, reason, expiresAfterMs } = wanted
  const createdAt = Date.now()
  const expiresAt = createdAt + expiresAfterMs
  const { authorization: _, ...about } = aboutOf({ ...wanted, id: '', createdAt, expiresAt })
  for (const note of notes) await say(note)
  await say(
    session.kind === 'shell'
      ? 'A shell that the account encrypts with a KMS key cannot be opened.'
      : 'The agent waits 15 s for the connection, then the session is gone.',
  )
  const started = await environment.startPortable({
    target: target.id,
    ...requestOf(session),
    about,
    ...(document === undefined ? {} : { document }),
    ...(reason === undefined ? {} : { reason }),
    signal,
  })
  const { sessionId } = started
  try {
    const token = formatPortable({
      ...started,
      region: environment.region,
      session: carriedOf(wanted),
      target: target.id,
      connectionLimit: connectionLimit ?? null,
      expiresAt,
    })
    const answer = answerOf({ authorization: { ...wanted, id: '', createdAt, expiresAt }, token })
    await printAuthorized({ ...answer, sessionId }, args, stdout)
    const end = await watchPortable({
      environment,
      sessionId,
      expiresAt,
      now: Date.now,
      wait,
      onBlind: ({ message }) => void say(`Whether somebody connects is not known. ${message}`),
      signal,
    })
    if (end === 'nobody') {
      throw new AppError(
        'timeout',
        'Nobody has connected to the session in time, so it was ended. Run the command again.',
      )
    }
    await say(end === 'over' ? 'The session has ended.' : 'The authorization expired, so its session was ended.')
    return 0
  } finally {
    // A session that has ended already counts as ended.
    await environment.endSession(sessionId, AbortSignal.timeout(END_MS)).catch(() => undefined)
  }
}

function requestOf(session: Awaited<ReturnType<typeof wantedFor>>['session']) {
  if (session.kind === 'shell') return { use: 'shell' as const }
  if (session.kind === 'ssh') return { use: 'ssh' as const, remotePort: session.remotePort }
  const { remotePort, remoteHost } = session
  return remoteHost === undefined
    ? { use: 'port' as const, remotePort }
    : { use: 'remoteHost' as const, remotePort, remoteHost }
}
