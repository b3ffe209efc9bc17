// The environment of a portable token: one session that is started already, and nothing else. No credentials, no resume, no KMS.
//
// The upgrade is tried presigned and then plain. The session's end at the service is the agent's doing: a port is ended by its flag, a
// shell by its program or, once nobody attends, by the process that has authorized it.

import { AppError, asError, type ErrorCode } from '../../../../shared/errors'
import type { UpgradeAttempt } from '../../../../shared/session'
import { createEnvironment, type Environment, type EnvironmentService } from '../../environments/environment'
import { noEcs } from '../../environments/heardecs'
import type { Timing } from '../../sessions/timing'
import type { Budgets } from '../../tunnels/budgets'
import type { PortableToken } from '../tokens/portable'

const IDLE_MS = 20 * 60_000

/** How the environment of a token is made. */
export interface PortableEnvironmentOptions {
  readonly budgets: Budgets
  readonly timing?: Timing
  /** An endpoint of SSM on loopback that the person has named, for the Demo: its host is good too. */
  readonly endpointUrl?: string
}

/** Makes the environment. Its first session is the token's; a second one is refused with `authorization-refused`. */
export function portableEnvironment(token: PortableToken, options: PortableEnvironmentOptions): Environment {
  const { budgets, timing, endpointUrl } = options
  return createEnvironment({
    name: 'portable',
    isDemo: false,
    service: portableService(token, endpointUrl),
    budgets,
    ...(timing === undefined ? {} : { timing }),
  })
}

/** The error of whatever needs the account's credentials. */
function withoutKeys(what: string): AppError {
  const text = `${what}, and a portable authorization has no credentials: authorize it without --portable.`
  return new AppError('credentials-missing', text)
}

function portableService(token: PortableToken, endpointUrl: string | undefined): EnvironmentService {
  const { region, sessionId, streamUrl, presignedUrl, tokenValue } = token
  let isStarted = false
  const never = (): Promise<never> => Promise.reject(withoutKeys('AWS was to be asked'))
  const plain: UpgradeAttempt = { form: 'unsigned', headers: {}, worked: () => undefined }
  return {
    region,
    endpointUrl,
    keysOutlook: () => ({ kind: 'lasting' }),
    otherKeys: { offered: () => undefined, take: never, takeProfile: never },
    startSession: () => {
      if (isStarted) return Promise.reject(sessionOver())
      isStarted = true
      return Promise.resolve({ sessionId, streamUrl, tokenValue })
    },
    resumeSession: () => Promise.reject(new AppError('session-gone', 'A portable session is not resumed.')),
    terminateSession: () => Promise.resolve(),
    // Final: another attempt would be refused in the same way.
    generateDataKey: () =>
      Promise.reject(
        new AppError(
          'encryption-unsupported',
          'The session is encrypted with a KMS key, which needs credentials: authorize it without --portable.',
        ),
      ),
    preferences: () => Promise.resolve({ idleTimeoutMs: IDLE_MS, isRead: false }),
    signUpgrade: () => Promise.resolve(presignedUrl === undefined ? [plain] : [{ ...plain, url: presignedUrl }, plain]),
    agentFor: () => undefined,
    ecs: noEcs(never),
    identity: never,
    sessionDocument: never,
    activeSessions: never,
    sessions: () => ({ isDone: false, next: never }),
    connectionStatus: never,
    listInstances: never,
    describeTarget: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** The error of a session that has ended, or was lost: `authorization-refused`. */
function sessionOver(): AppError {
  const text =
    'The session is over, or its connection was lost: a portable one is not resumed. Run culvert authorize again.'
  return new AppError('authorization-refused', text)
}

/** Codes of a session whose token opens nothing any more. */
const TOO_LATE = new Set<ErrorCode>([
  'session-gone',
  'session-ended',
  'session-terminated',
  'upgrade-refused',
  'authorization-refused',
])

/** The error of a session that could not be opened: too late or used already, else as it is. */
export function openingError(error: unknown): Error {
  if (!(error instanceof AppError) || !TOO_LATE.has(error.code)) return asError(error)
  const text =
    'The session of this authorization is not open any more: it was used already, or nobody came within the time that its agent waits, 15 s for a port. Run culvert authorize again.'
  return new AppError('authorization-refused', text, { cause: error })
}
