// The credential programs that are still running. Each is a process group with its children and is killed as a whole.
//
// A program is run by a shell and may start others. Killing the shell alone leaves those running, and so does the end of this
// process. Owns the kill, on demand and when this process ends. If this process is killed by SIGKILL, they go on. A program
// that leaves its group (setsid) is a daemon on purpose and is left alone.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'

const IS_WINDOWS = process.platform === 'win32'

/** The spawn options that make a program a group. Windows finds children by their parent instead. */
export const GROUP_OPTIONS = { detached: !IS_WINDOWS, windowsHide: true } as const

function taskkill(pid: number): readonly string[] {
  return ['/pid', String(pid), '/T', '/F']
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already, or belongs to another user by now (sudo): it cannot be killed.
  }
}

/** The groups that run now. While there are any, the end of this process is listened for. */
export class ProcessGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = (): void => {
    for (const pid of this.#leaders) {
      // When a process ends, only synchronous work is still done.
      if (IS_WINDOWS) spawnSync('taskkill', taskkill(pid), { windowsHide: true })
      else killGroup(pid)
    }
  }

  /** How many run. */
  get size(): number {
    return this.#leaders.size
  }

  /** Adds a program that was spawned with `GROUP_OPTIONS`. Ignores one that could not be started. */
  add({ pid }: ChildProcess): void {
    if (pid === undefined) return
    if (this.#leaders.size === 0) process.on('exit', this.#killAll)
    this.#leaders.add(pid)
  }

  /** Forgets a program that has ended: the system may give its process id to another one. */
  forget({ pid }: ChildProcess): void {
    if (pid === undefined || !this.#leaders.delete(pid)) return
    if (this.#leaders.size === 0) process.off('exit', this.#killAll)
  }

  /** Kills the program and its children, and forgets it. */
  kill(child: ChildProcess): void {
    const { pid } = child
    if (pid === undefined) return
    this.forget(child)
    if (IS_WINDOWS)
      spawn('taskkill', taskkill(pid), { windowsHide: true, stdio: 'ignore' }).on('error', () => undefined)
    else killGroup(pid)
  }
}
