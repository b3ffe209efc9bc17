// The programs that we have started and that are still running: each with its children a group of its own, killed as a whole.
//
// A program is run by a shell, and may start others. Killing the shell alone leaves the rest behind, as it leaves them behind
// when this process ends. Owns: the kill, by us or at the end of this process. Where this process itself is killed (SIGKILL),
// nothing can be done. A program that leaves its group (setsid) is a daemon by its own wish.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'

const IS_WINDOWS = process.platform === 'win32'

/** What a program must be spawned with so that it becomes a group. Windows knows its children by their parent instead. */
export const GROUP_OPTIONS = { detached: !IS_WINDOWS, windowsHide: true } as const

function taskkill(pid: number): readonly string[] {
  return ['/pid', String(pid), '/T', '/F']
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone already, or belongs to another user by now (sudo): nothing more can be done.
  }
}

/** The groups that run now. Listens for the end of this process while there are any. */
export class ProcessGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = (): void => {
    for (const pid of this.#leaders) {
      // At the end of a process nothing asynchronous is done any more.
      if (IS_WINDOWS) spawnSync('taskkill', taskkill(pid), { windowsHide: true })
      else killGroup(pid)
    }
  }

  /** How many run. */
  get size(): number {
    return this.#leaders.size
  }

  /** Takes care of a program that was spawned with `GROUP_OPTIONS`. One that could not be started is none. */
  add({ pid }: ChildProcess): void {
    if (pid === undefined) return
    if (this.#leaders.size === 0) process.on('exit', this.#killAll)
    this.#leaders.add(pid)
  }

  /** It has ended, and its number may be given to others. */
  forget({ pid }: ChildProcess): void {
    if (pid === undefined || !this.#leaders.delete(pid)) return
    if (this.#leaders.size === 0) process.off('exit', this.#killAll)
  }

  /** Ends the program and all that it has started, and forgets it. */
  kill(child: ChildProcess): void {
    const { pid } = child
    if (pid === undefined) return
    this.forget(child)
    if (IS_WINDOWS)
      spawn('taskkill', taskkill(pid), { windowsHide: true, stdio: 'ignore' }).on('error', () => undefined)
    else killGroup(pid)
  }
}
