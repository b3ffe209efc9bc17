// The processes of one container: the main one, which runs what the image and the overrides say, and those that are executed in it.
//
// They are processes of this computer. The end of the main process is the end of all of them, as the end of PID 1 is in a container.
// The main process is not PID 1 here, so SIGTERM is sent only where it has a handler: without one PID 1 does not end by it.
// Source: pid_namespaces(7), "The namespace init process"; Docker reference, ENTRYPOINT (no shell unless it is named).

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { ContainerRoom } from '../../agent/plugin'
import { splitWords } from '../../api/words'
import { Sandbox } from '../../shells/processes'
import { isShellLine, loadProgramPty } from '../../shells/pty'
import { openScripted } from '../../shells/scripted'
import { BARE_ARGUMENTS, Filesystem, missingWords, type ScaledClock } from './filesystem'
import { APP, type Image } from './images'

const SIGTERM_BIT = 1n << 14n
/** Docker reports a process that a signal has ended as 128 and its number. */
const SIGNAL_STATUS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGTERM: 143, SIGKILL: 137 }

/** What a container runs. */
export interface ContainerProgram {
  /** What its shells say where they run. */
  readonly name: string
  readonly image: Image
  /** The entry point and the command, one after the other. */
  readonly words: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** The user of the main process; undefined: that of the simulator. */
  readonly userId: number | undefined
  readonly clock: ScaledClock | undefined
  /** Whether shells may run on a pseudo terminal of this computer. */
  readonly hasPty: boolean
}

/** Whether this computer can run containers: processes that are found by their environment, and a shell. */
export function canRunContainers(): boolean {
  return process.platform === 'linux'
}

/** The room of a container where this computer runs none: its shell only pretends. */
export function scriptedRoom(name: string): ContainerRoom {
  const nowhere = {
    folder: '',
    environment: {},
    add: () => undefined,
    forget: () => undefined,
    dispose: () => Promise.resolve(),
  }
  return {
    name,
    enter: () => {
      throw new Error('This computer runs no containers of the Demo.')
    },
    find: () => undefined,
    open: (line, listener) => Promise.resolve(openScripted(isShellLine(line) ? undefined : line, nowhere, listener)),
  }
}

/** See above. Owns the folder and every process. */
export class ContainerProcess {
  readonly #program: ContainerProgram
  readonly #sandbox: Sandbox
  readonly #filesystem: Filesystem
  #main: ChildProcess | undefined
  #hasEnded = false
  #disposal: Promise<void> | undefined

  private constructor(program: ContainerProgram, sandbox: Sandbox, filesystem: Filesystem) {
    this.#program = program
    this.#sandbox = sandbox
    this.#filesystem = filesystem
  }

  /** Makes the folder, in that of the simulator. Starts nothing. */
  static async create(program: ContainerProgram, simulatorFolder: string): Promise<ContainerProcess> {
    const sandbox = await Sandbox.create(simulatorFolder)
    const { image, userId, clock } = program
    const filesystem = await Filesystem.create(sandbox.folder, image, { isForAll: userId !== undefined, clock })
    return new ContainerProcess(program, sandbox, filesystem)
  }

  /** The folder that stands for the container's filesystem. */
  get folder(): string {
    return this.#filesystem.folder
  }

  /** The process id of the main process; undefined before its start. */
  get pid(): number | undefined {
    return this.#main?.pid
  }

  /**
   * Starts the main process. Resolves with undefined once it runs, or with the words in which the container runtime says why it
   * cannot. `onExit` is called once, when it has ended.
   */
  async start(onExit: (exitCode: number) => void): Promise<string | undefined> {
    const { words, userId, image } = this.#program
    const [word = '', ...given] = words
    const file = this.#filesystem.find(word)
    if (file === undefined) return startFailure(word)
    const bare = image.shell === 'none' && word === APP && given.length === 0
    const child = spawn(file, bare ? BARE_ARGUMENTS : given, {
      argv0: word,
      cwd: this.#filesystem.folder,
      env: this.#environment,
      stdio: 'ignore',
      detached: true,
      ...(userId === undefined ? {} : { uid: userId, gid: userId }),
    })
    this.#main = child
    return new Promise((resolve) => {
      child.once('error', () => resolve(startFailure(word)))
      child.once('spawn', () => resolve(undefined))
      child.once('exit', (code, signal) => {
        this.#hasEnded = true
        onExit(code ?? SIGNAL_STATUS[signal ?? 'SIGKILL'] ?? 137)
      })
    })
  }

  /** Sends SIGTERM to the main process, as StopTask does. */
  terminate(): void {
    const pid = this.#main?.pid
    if (pid === undefined || this.#hasEnded || !handlesTerm(pid)) return
    try {
      process.kill(pid, 'SIGTERM')
    } catch {
      // It has ended meanwhile.
    }
  }

  /** Kills every process and removes the folder. Idempotent. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#sandbox.dispose()
    return this.#disposal
  }

  /** Where sessions run their commands. */
  get room(): ContainerRoom {
    const { name } = this.#program
    const sandbox = this.#sandbox
    const room = {
      folder: this.#filesystem.folder,
      environment: { ...this.#environment, TERM: 'xterm-256color' },
      add: (pid: number) => sandbox.add(pid),
      forget: (pid: number) => sandbox.forget(pid),
      // What a session leaves behind stays in the container.
      dispose: () => Promise.resolve(),
    }
    return {
      name,
      enter: () => room,
      find: (word) => this.#filesystem.find(word),
      open: async (line, listener) => {
        const words = splitWords(line)
        const [word, ...rest] = words ?? []
        if (word === undefined) throw new Error('Unable to start command: Failed to parse commands input')
        const file = this.#filesystem.find(word)
        if (file === undefined) throw new Error(`Unable to start command: Failed to start pty: ${missingWords(word)}`)
        const openProgram = this.#program.hasPty ? await loadProgramPty() : undefined
        if (openProgram === undefined)
          throw new Error('Unable to start command: this computer offers no terminal to the Demo.')
        return openProgram({ file, words: rest, isHungUpOnly: true }, room, listener)
      },
    }
  }

  get #environment(): Record<string, string> {
    const { image, variables } = this.#program
    const { folder, path } = this.#filesystem
    return {
      PATH: path,
      HOME: `${folder}/root`,
      TMPDIR: `${folder}/tmp`,
      LANG: 'C.UTF-8',
      HISTFILE: '',
      ...image.environment,
      ...variables,
      ...this.#sandbox.marks,
    }
  }
}

// Source: runc and containerd, as ECS reports them in stoppedReason.
function startFailure(word: string): string {
  const why = word.includes('/') ? `stat ${word}: no such file or directory` : 'executable file not found in $PATH'
  const runtime = 'failed to create shim task: OCI runtime create failed: runc create failed'
  return `CannotStartContainerError: ${runtime}: unable to start container process: exec: "${word}": ${why}: unknown`
}

function handlesTerm(pid: number): boolean {
  try {
    const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
    return (BigInt(`0x${mask}`) & SIGTERM_BIT) !== 0n
  } catch {
    return false
  }
}
