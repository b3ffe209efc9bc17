// The doctor of the windows: one run at a time, told as it goes. A new run stops the one before.
//
// Owns its runs until they have ended their sessions. Does not own the environments: they stay open.

import { randomUUID } from 'node:crypto'
import type { DoctorLine, DoctorView } from '../../../shared/model/doctor'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { Ends } from '../async/closing'
import type { Environments } from '../environments/environments'
import { prepareExam } from './open'
import type { DoctorRequest } from './parts'
import { reportOf } from './report'
import { runDoctor } from './run'

/** The parts that the doctor uses. */
export interface DoctorOptions {
  readonly env: NodeJS.ProcessEnv
  readonly environments: Pick<Environments, 'get'>
  /** Called after each change. Must not throw. */
  readonly changed: (view: DoctorView) => void
}

interface Run {
  readonly id: string
  readonly stop: AbortController
}

/** Runs the doctor for windows. Disposing stops the run and resolves once its session has been ended. */
export class Doctor implements AsyncDisposable {
  readonly #options: DoctorOptions
  readonly #ends = new Ends()
  #run: Run | undefined

  constructor(options: DoctorOptions) {
    this.#options = options
  }

  /** Starts a run and returns its id. */
  run(ref: EnvironmentRef, wanted: Omit<DoctorRequest, 'isProbing' | 'reason'>): string {
    this.#run?.stop.abort(new Error('another run has begun'))
    const run: Run = { id: randomUUID(), stop: new AbortController() }
    this.#run = run
    void this.#ends.add(this.#follow(run, ref, wanted))
    return run.id
  }

  /** Stops a run; one that is over stays as it is. */
  stop(runId: string): void {
    if (this.#run?.id === runId) this.#run.stop.abort(new Error('stopped'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#run?.stop.abort(new Error('Culvert is closing'))
    await this.#ends.idle()
  }

  async #follow(run: Run, ref: EnvironmentRef, wanted: Omit<DoctorRequest, 'isProbing' | 'reason'>): Promise<void> {
    const { env, environments, changed } = this.#options
    const { signal } = run.stop
    const exam = prepareExam({
      request: { ...wanted, isProbing: false },
      env,
      profile: ref.kind === 'aws' ? ref.profile : undefined,
      isDemo: ref.kind === 'demo',
      openEnvironment: () => environments.get(ref),
    })
    let lines: readonly DoctorLine[] = []
    const tell = (view: Omit<DoctorView, 'runId' | 'lines'>): void => {
      // A newer run is shown in its place.
      if (this.#run === run) changed({ runId: run.id, lines, ...view })
    }
    let step = ''
    const handlers = {
      onStep: (title: string) => {
        step = title
        tell({ state: { kind: 'working', step } })
      },
      onLine: (line: DoctorLine) => {
        lines = [...lines, line]
        tell({ state: { kind: 'working', step } })
      },
    }
    try {
      await runDoctor(exam, handlers, signal)
      tell({ state: { kind: 'done' }, report: reportOf(exam, lines) })
    } catch {
      // Only the abort of its own signal rejects: each check's error is a line.
      tell({ state: { kind: 'stopped' } })
    }
  }
}
