// What forwards and terminals stand on in a test: a simulator in this process, an open environment, a journal, an empty data directory.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Environments } from '../../../electron/core/environments/environments'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'
import { openJournal, type Journal } from '../../../electron/core/store/journal'
import type { SimulatorOptions } from '../../../electron/simulator/simulator'
import type { Forward } from '../../../shared/model/forward'
import type { JournalEntry } from '../../../shared/model/journal'
import { openStage, type Stage } from './environment'

/** A saved forward of the Demo. */
export function savedForward(change: Partial<Forward> = {}): Forward {
  return {
    id: 'f',
    name: 'echo',
    environment: { kind: 'demo' },
    target: { kind: 'id', instanceId: 'i' },
    remotePort: 7,
    startAtLaunch: false,
    ...change,
  }
}

/** Waits are short. */
export const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }

/** The ground of a test; close it last. */
export interface Ground {
  readonly stage: Stage
  /** The stage's one environment, whatever is asked for. */
  readonly environments: Environments
  readonly journal: Journal
  readonly entries: readonly JournalEntry[]
  readonly directory: string
  /** The id of the instance with this name. */
  idOf(name: string): string
  close(): Promise<void>
}

/** Makes the ground. */
export async function makeGround(options: SimulatorOptions = {}): Promise<Ground> {
  const stage = await openStage(options, quick)
  const environments = new Environments(() => Promise.resolve(stage.environment))
  const entries: JournalEntry[] = []
  const journal = await openJournal('/nowhere', { now: Date.now, onEntry: (entry) => entries.push(entry) })
  const directory = await mkdtemp(join(tmpdir(), 'culvert-ground-'))
  return {
    stage,
    environments,
    journal,
    entries,
    directory,
    idOf: (name) => stage.simulator.world.instances.find((each) => each.tags['Name'] === name)?.id ?? '',
    close: async () => {
      await environments[Symbol.asyncDispose]()
      await journal[Symbol.asyncDispose]()
      await stage.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Resolves with what `look` finds, as soon as it finds something; `tell` makes it look. */
export class Watched {
  readonly #watchers = new Set<() => void>()

  readonly tell = (): void => {
    for (const watch of this.#watchers) watch()
  }

  until<T>(look: () => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const watch = (): void => {
        const found = look()
        if (found === undefined || found === false) return
        this.#watchers.delete(watch)
        resolve(found)
      }
      this.#watchers.add(watch)
      watch()
    })
  }
}
