// A simulator and the core on it, by a profile whose keys a login may replace: everything in a folder of its own.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processBudgets } from '../../electron/core/tunnels/budgets'
import type { Environment } from '../../electron/core/environments/environment'
import { openEnvironment } from '../../electron/core/environments/open'
import { defaultTiming, type Timing } from '../../electron/core/sessions/timing'
import { agentFeatures } from '../../electron/simulator/agent/gates'
import { startSimulator, type Simulator } from '../../electron/simulator/simulator'
import type { Diagnostic } from '../../shared/diagnostics'
import { GROUP_TAG } from '../../shared/targetset'
import type { Cast } from './cast'

// A tenth of a second is a minute: idle sessions end after 4.5 s, sockets are recycled after 6 s, sessions end after 12 s.
const MINUTE_MS = 100

/** The product's spans, compressed like the service's clock. */
const TIMING: Timing = {
  ...defaultTiming,
  firstRetryMs: 50,
  maxRetryMs: 1_000,
  resumeDeadlineMs: 8_000,
  attemptMs: 5_000,
  holdMs: 20_000,
  pollMs: 250,
  // Longer than an agent of a script is away: of a set, only the hosts that are replaced are left.
  failoverMs: 5_000,
  askHostMs: 1_000,
  proveMs: 1_000,
  minuteMs: MINUTE_MS,
  // Less often than a script cuts sockets, more often than the service recycles them.
  resumeAheadMinutes: 40,
}

// Shorter than the time until a resume ahead, which would keep a session that carries nothing for as long again.
const IDLE_MINUTES = 35
const MAX_MINUTES = 120

/** See above. */
export interface FaultyStage {
  readonly simulator: Simulator
  readonly environment: Environment
  /** New credentials at the service, then in the profile. */
  login(): Promise<void>
  /** Ids of Linux instances that are online and never replaced: with agents that multiplex, or with those that do not. */
  machines(isBasic: boolean): readonly string[]
  /** How often a second socket of an open session was taken. */
  resumedAhead(): number
  /** Sessions that have not ended. */
  active(): readonly string[]
  close(): Promise<void>
}

/** Starts both, as the cast says. Nothing of the real home directory is looked at. */
export async function openFaultyStage({
  isEncrypted,
  openResume,
}: Pick<Cast, 'isEncrypted' | 'openResume'>): Promise<FaultyStage> {
  const folder = await mkdtemp(join(tmpdir(), 'culvert-faults-'))
  const simulator = await startSimulator({
    isPaced: false,
    shellDelayMs: 0,
    hasPty: false,
    hasBanner: false,
    openResume,
    ...(isEncrypted ? { encryption: { hasPorts: true } } : {}),
    clock: { minuteMs: MINUTE_MS },
    idleMinutes: IDLE_MINUTES,
    maxMinutes: MAX_MINUTES,
  })
  const file = join(folder, 'credentials')
  const writeKeys = async (): Promise<void> => {
    const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
    const lines = [
      '[faults]',
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
      `aws_session_token = ${sessionToken}`,
    ]
    await writeFile(`${file}.new`, `${lines.join('\n')}\n`, { mode: 0o600 })
    await rename(`${file}.new`, file)
  }
  await writeKeys()
  let lastLogin = Promise.resolve()
  let resumedAhead = 0
  const environment = await openEnvironment(
    {
      profile: 'faults',
      region: simulator.region,
      endpointUrl: simulator.endpointUrl,
      env: { HOME: folder, AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(folder, 'config') },
      budgets: processBudgets(),
      timing: TIMING,
      spawnDemo: () => Promise.reject(new Error('there is no Demo here')),
      diagnose: (entry: Diagnostic) => {
        if (entry.kind === 'resume-ahead' && entry.outcome === 'taken') resumedAhead += 1
      },
    },
    // As if no one knew when the keys end.
    (service) => Object.assign(service, { keysOutlook: () => ({ kind: 'unknown' }) }),
  )
  return {
    simulator,
    environment,
    login: () => {
      simulator.rotateCredentials()
      // One after the other: the last one written is the newest.
      lastLogin = lastLogin.then(writeKeys)
      return lastLogin
    },
    machines: (isBasic) =>
      simulator.world.instances
        .filter(({ pingStatus, platform }) => pingStatus === 'Online' && platform === 'Linux')
        .filter(({ tags }) => !(GROUP_TAG in tags))
        .filter(({ agentVersion }) => !agentFeatures(agentVersion).mux === isBasic)
        .map(({ id }) => id),
    resumedAhead: () => resumedAhead,
    active: () =>
      simulator
        .sessions()
        .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
        .map(({ id }) => id),
    close: async () => {
      await environment[Symbol.asyncDispose]()
      await simulator[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
