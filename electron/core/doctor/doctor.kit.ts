// What the tests of the doctor share: a simulator, an environment on it as a person sets it up, and one run over both.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { DoctorLine } from '../../../shared/model/doctor'
import type { EnvironmentSettings } from '../../../shared/environmentsettings'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../simulator/simulator'
import type { Environment } from '../environments/environment'
import { openEnvironment } from '../environments/open'
import { processBudgets } from '../tunnels/budgets'
import { prepareExam } from './open'
import type { DoctorRequest, Exam } from './parts'
import { reportOf } from './report'
import { runDoctor } from './run'

/** A place to be examined. */
export interface Patient {
  readonly simulator: Simulator
  readonly env: NodeJS.ProcessEnv
  readonly home: string
}

/** What differs from a good environment. */
export interface Illness {
  readonly simulator?: SimulatorOptions
  readonly env?: NodeJS.ProcessEnv
  /** The texts of AWS's two files. */
  readonly config?: string
  readonly credentials?: string
}

/** Starts a simulator and makes a home for the test. */
export async function makePatient({ simulator: options, env, config, credentials }: Illness = {}): Promise<Patient> {
  const simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, ...options })
  const home = await mkdtemp(join(tmpdir(), 'culvert-doctor-'))
  onTestFinished(async () => {
    await simulator[Symbol.asyncDispose]()
    await rm(home, { recursive: true })
  })
  await mkdir(join(home, '.aws'))
  if (config !== undefined) await writeFile(join(home, '.aws', 'config'), config)
  if (credentials !== undefined) await writeFile(join(home, '.aws', 'credentials'), credentials)
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
  return {
    simulator,
    home,
    env: {
      HOME: home,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: simulator.region,
      AWS_ENDPOINT_URL: simulator.endpointUrl,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      ...env,
    },
  }
}

/** The lines of one run, and the run itself. */
export interface Diagnosis {
  /** By their ids, in order. */
  readonly lines: ReadonlyMap<string, DoctorLine>
  readonly steps: readonly string[]
  readonly report: string
  readonly exam: Exam
  /** The failed ids. */
  readonly failed: readonly string[]
}

/** Runs the doctor on a patient. Rejects as the run does. */
export async function diagnose(
  { env }: Patient,
  request: Partial<DoctorRequest> = {},
  more: {
    readonly signal?: AbortSignal
    readonly profile?: string
    readonly settings?: EnvironmentSettings
    readonly onLine?: (line: DoctorLine) => void
  } = {},
): Promise<Diagnosis> {
  let environment: Environment | undefined
  const exam = prepareExam({
    request: { isProbing: false, ...request },
    env,
    profile: more.profile,
    isDemo: false,
    measureMs: 200,
    openEnvironment: async () => {
      environment = await openEnvironment({
        env,
        ...(more.profile === undefined ? {} : { profile: more.profile }),
        budgets: processBudgets(),
        settingsOf: () => more.settings ?? {},
        askReason: () => Promise.reject(new Error('no person')),
        spawnDemo: () => Promise.reject(new Error('no Demo')),
      })
      return environment
    },
  })
  const steps: string[] = []
  try {
    const handlers = { onStep: (title: string) => steps.push(title), onLine: more.onLine ?? (() => undefined) }
    const lines = await runDoctor(exam, handlers, more.signal ?? new AbortController().signal)
    return {
      lines: new Map(lines.map((line) => [line.id, line])),
      steps,
      report: reportOf(exam, lines),
      exam,
      failed: lines.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id),
    }
  } finally {
    await environment?.[Symbol.asyncDispose]()
  }
}

/** Ids of sessions that have not ended. */
export function openSessions({ simulator }: Patient): readonly string[] {
  return simulator
    .sessions()
    .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
    .map(({ id }) => id)
}
