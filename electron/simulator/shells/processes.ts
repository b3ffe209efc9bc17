// The small world that a Demo shell or command runs in: a clean environment, a folder of its own, and its end.
//
// Every process that a session starts inherits two variables, one with a value of the session's own and one with the
// simulator's. The end of the session kills each process that still carries the first, in any process group or session it
// hides; the second is for a simulator that was killed before it could do that (folders.ts). Where /proc does not exist,
// the process group is what can be killed.

import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

const MARKER = 'CULVERT_DEMO_SESSION'
const SIMULATOR_MARKER = 'CULVERT_DEMO_SIMULATOR'
/** Processes can fork during a search: it is repeated until none is left, at most this often. */
const KILL_ROUNDS = 10

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already, which is what we want.
  }
}

/** The variable that every process of the simulator with this folder carries, with its value. */
export function simulatorMark(folder: string): string {
  return `${SIMULATOR_MARKER}=${basename(folder)}`
}

/** The name of the folder of the simulator in whose shell this process was started, if it was. */
export function ownSimulator(): string | undefined {
  return process.env[SIMULATOR_MARKER]
}

/** Kills every process that carries one of `marks` ("NAME=value"), and those that they start meanwhile. */
export async function killCarrying(marks: readonly string[]): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const pids = await processesCarrying(marks)
    if (pids.length === 0) return
    for (const pid of pids) kill(pid, 'SIGKILL')
  }
}

async function processesCarrying(marks: readonly string[]): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const carries = async (pid: string): Promise<boolean> => {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
    return environment.split('\0').some((variable) => marks.includes(variable))
  }
  const pids = entries.filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(pids.map(async (pid) => ((await carries(pid)) ? Number(pid) : 0)))
  return found.filter((pid) => pid > 0)
}

/** Where commands of a session run: a sandbox, or a container that is there before the session and after it. */
export interface Place {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Names the leader of a process group that was started here. */
  add(pid: number): void
  /** The leader has ended and its number may be given to others. */
  forget(pid: number): void
  dispose(): Promise<void>
}

/** Where one session's processes run. Owns the folder and, at its end, every process that was started in it. */
export class Sandbox implements Place {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** The variables by which its processes are found. They are part of `environment`. */
  readonly marks: Readonly<Record<string, string>>
  readonly #marker: string
  readonly #groups = new Set<number>()

  private constructor(folder: string, simulator: string) {
    const id = randomUUID()
    this.folder = folder
    this.#marker = `${MARKER}=${id}`
    this.marks = { [MARKER]: id, [SIMULATOR_MARKER]: basename(simulator) }
    this.environment = {
      TERM: 'xterm-256color',
      LANG: process.env['LANG'] ?? 'C.UTF-8',
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: folder,
      PS1: 'sh-5.1$ ',
      // Set but empty: no history is written, not even into this folder.
      HISTFILE: '',
      ...this.marks,
    }
  }

  /** Makes one in `simulator`, the simulator's folder. */
  static async create(simulator: string): Promise<Sandbox> {
    return new Sandbox(await mkdtemp(join(simulator, 'session-')), simulator)
  }

  /** Names the leader of a process group that was started here. */
  add(pid: number): void {
    this.#groups.add(pid)
  }

  /** The leader has ended and its number may be given to others. */
  forget(pid: number): void {
    this.#groups.delete(pid)
  }

  /** Kills every process of the session and removes its folder. Idempotent. */
  async dispose(): Promise<void> {
    for (const leader of this.#groups) kill(-leader, 'SIGKILL')
    this.#groups.clear()
    await killCarrying([this.#marker])
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Sends a signal to the process group of `pid`, if it still exists. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  kill(-pid, signal)
}
