// The product's core over a simulator in this process: real sockets, real signatures, real pseudo terminals.

import { processBudgets, type Budgets } from '../../../electron/core/tunnels/budgets'
import { openEnvironment } from '../../../electron/core/environments/open'
import type { Environment } from '../../../electron/core/environments/environment'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../electron/simulator/simulator'

/** A simulator and an environment on it; dispose in the opposite order. */
export interface Stage {
  readonly simulator: Simulator
  readonly environment: Environment
  /** Ids of sessions that have not ended. */
  active(): string[]
  close(): Promise<void>
}

/** Starts both. Shells start at once and nothing is paced unless asked for. */
export async function openStage(
  options: SimulatorOptions = {},
  timing: Timing = defaultTiming,
  budgets: Budgets = processBudgets(),
): Promise<Stage> {
  const simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, ...options })
  const { endpointUrl, region, credentials } = simulator
  const environment = await openEnvironment({
    demo: true,
    env: {},
    budgets,
    timing,
    spawnDemo: () =>
      Promise.resolve({ endpointUrl, region, credentials, [Symbol.asyncDispose]: () => Promise.resolve() }),
  })
  return {
    simulator,
    environment,
    active: () =>
      simulator
        .sessions()
        .filter((session) => session.status !== 'Terminated' && session.status !== 'Failed')
        .map((session) => session.id),
    close: async () => {
      await environment[Symbol.asyncDispose]()
      await simulator[Symbol.asyncDispose]()
    },
  }
}
