// The small world that a Demo shell or command runs in: a clean environment, a folder of its own, and its end.
//
// Every process that a session starts inherits one variable with a value of its own; the end of the session kills
// whatever still carries it, in whatever process group or session it hides. Where /proc does not exist, the process
// group is what can be killed.

import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MARKER = 'CULVERT_DEMO_SESSION'
/** Processes can fork while we look: look again until none is left, but not for ever. */
const KILL_ROUNDS = 10

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It is gone already, which is what we want.
  }
}

async function processesCarrying(marker: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const carries = async (pid: string): Promise<boolean> => {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
    return environment.split('\0').includes(marker)
  }
  const pids = entries.filter((entry) => /^\d+$/.test(entry))
  const found = await Promise.all(pids.map(async (pid) => ((await carries(pid)) ? Number(pid) : 0)))
  return found.filter((pid) => pid > 0)
}

/** Where one session's processes run. Owns the folder and, at its end, every process that was started in it. */
export class Sandbox {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly #marker: string
  readonly #groups = new Set<number>()

  private constructor(folder: string) {
    const id = randomUUID()
    this.folder = folder
    this.#marker = `${MARKER}=${id}`
    this.environment = {
      TERM: 'xterm-256color',
      LANG: process.env['LANG'] ?? 'C.UTF-8',
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: folder,
      PS1: 'sh-5.1$ ',
      // Set but empty: no history is written, not even into this folder.
      HISTFILE: '',
      [MARKER]: id,
    }
  }

  static async create(): Promise<Sandbox> {
    return new Sandbox(await mkdtemp(join(tmpdir(), 'culvert-demo-')))
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
    for (let round = 0; round < KILL_ROUNDS; round += 1) {
      const pids = await processesCarrying(this.#marker)
      if (pids.length === 0) break
      for (const pid of pids) kill(pid, 'SIGKILL')
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Sends a signal to the process group of `pid`, if it still exists. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  kill(-pid, signal)
}
