// A real pseudo terminal of this computer, by @lydell/node-pty, behind the few calls that a shell needs.
//
// The library is loaded when first needed: it is native, and where it cannot be loaded the scripted shell serves.
// Three of its habits are worked round here. A write to a terminal that no program reads blocks the whole process: so we write
// to its descriptor ourselves, and try again when it takes more. 200 ms after the process ended it destroys its socket,
// unread output included. And when the last program closes the terminal, libuv takes the hangup for the end and leaves up
// to some kilobytes unread: so we hold the terminal open ourselves, notice the end of the process, write a mark behind its
// output, and let go when we have read the mark.

import { randomBytes } from 'node:crypto'
import { close, constants, openSync, write, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { spawn as spawnPty } from '@lydell/node-pty'
import { deferred } from '../../../shared/deferred'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { Place } from './processes'
import { BASH_PATHS, isProgram } from './programs'

/** How often a terminal looks whether its process has ended; well below the library's 200 ms. */
const WATCH_MS = 20
/** A terminal that takes no more input is tried again after this. */
const RETRY_MS = 10
/** How long a terminal may take to end after SIGHUP; then it is killed. */
const EXIT_WAIT_MS = 1_000

/** What a shell plugin needs of a terminal. Output comes before `onExit`, which is called once. */
export interface Terminal {
  /** Types bytes. A promise asks the writer to wait: the program does not read. */
  write(bytes: Buffer): Promise<void> | undefined
  resize(size: TerminalSize): void
  /** Stops and restarts output. */
  pause(): void
  resume(): void
  /** Hangs up. Resolves when the program has ended. */
  dispose(): Promise<void>
}

/** The listener of a terminal. */
export interface TerminalListener {
  onOutput(bytes: Buffer): void
  onExit(exitCode: number): void
}

/** Opens terminals; `undefined` as command means an interactive shell. */
export type OpenTerminal = (command: string | undefined, sandbox: Place, listener: TerminalListener) => Terminal

/** A program to run in a terminal. */
interface TerminalProgram {
  readonly file: string
  readonly words: string[]
  /** The end of the terminal is a hangup and nothing more, as at an agent: a program that ignores it goes on. */
  readonly isHungUpOnly?: true
}

/** Opens a terminal for one program. */
export type OpenProgram = (program: TerminalProgram, place: Place, listener: TerminalListener) => Terminal

const SHELL_LINE = /^\s*(?:\/(?:usr\/)?bin\/)?(?:ba|da|a)?sh\s*$/

/** Whether a command line is a shell and nothing else. */
export function isShellLine(line: string): boolean {
  return SHELL_LINE.test(line)
}

function toBuffer(data: unknown): Buffer {
  return data instanceof Uint8Array
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(String(data))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function programOf(command: string | undefined): TerminalProgram {
  if (command !== undefined) return { file: '/bin/sh', words: ['-c', command] }
  const bash = BASH_PATHS.find(isProgram)
  return bash === undefined ? { file: '/bin/sh', words: [] } : { file: bash, words: ['--noprofile', '--norc'] }
}

/** Loads the native library and answers how to open a terminal; `undefined` where the library cannot be loaded. */
export async function loadPty(): Promise<OpenTerminal | undefined> {
  const openProgram = await loadProgramPty()
  return openProgram && ((command, sandbox, listener) => openProgram(programOf(command), sandbox, listener))
}

/** Loads the native library and answers how to open a terminal for a program; `undefined` where the library cannot be loaded. */
export async function loadProgramPty(): Promise<OpenProgram | undefined> {
  // Its Windows half knows neither raw bytes nor process groups.
  if (process.platform === 'win32') return undefined
  try {
    const { spawn } = await import('@lydell/node-pty')
    return (program, place, listener) => openPty(spawn, program, place, listener)
  } catch {
    return undefined
  }
}

const NOTHING = Buffer.alloc(0)

/** The terminal held open by us, and the mark that ends its output. */
class Holder {
  readonly #mark = randomBytes(16).toString('hex')
  #fd: number | undefined
  #tail: Buffer = NOTHING
  #state: 'printing' | 'marked' | 'done' = 'printing'

  constructor(path: unknown) {
    try {
      if (typeof path === 'string') this.#fd = openSync(path, constants.O_WRONLY | constants.O_NOCTTY)
    } catch {
      // Then the end of the output may be lost, and nothing else.
    }
  }

  /** Writes the mark behind everything that was printed. */
  mark(): void {
    if (this.#fd === undefined) return
    this.#state = 'marked'
    write(this.#fd, this.#mark, (error) => {
      if (error === null) return
      // Where the system revokes the terminal it need not be held open.
      this.#state = 'printing'
      this.release()
    })
  }

  /** Passes output on until the mark, and closes our descriptor there. Output of other programs after it is dropped. */
  filter(bytes: Buffer): Buffer {
    if (this.#state === 'done') return NOTHING
    const seen = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes])
    this.#tail = NOTHING
    if (this.#state === 'printing') return seen
    const at = seen.indexOf(this.#mark)
    if (at !== -1) {
      this.#state = 'done'
      this.release()
      return seen.subarray(0, at)
    }
    // All but what may be the beginning of the mark.
    const end = Math.max(0, seen.length - this.#mark.length + 1)
    this.#tail = seen.subarray(end)
    return seen.subarray(0, end)
  }

  /** What was held back because it might have been the mark. */
  rest(): Buffer {
    return this.#tail
  }

  release(): void {
    if (this.#fd === undefined) return
    close(this.#fd, () => undefined)
    this.#fd = undefined
  }
}

function openPty(
  spawn: typeof spawnPty,
  program: TerminalProgram,
  sandbox: Place,
  listener: TerminalListener,
): Terminal {
  const pty = spawn(program.file, program.words, {
    name: 'xterm-256color',
    cwd: sandbox.folder,
    env: { ...sandbox.environment },
    encoding: null,
  })
  sandbox.add(pty.pid)
  const holder = new Holder(Reflect.get(pty, 'ptsName'))
  const hidden: unknown = Reflect.get(pty, '_socket')
  const socket = hidden instanceof Socket ? hidden : undefined
  let hasExited = false
  // The process has ended but its output is not all read: from here on nothing holds the reading back.
  let isDraining = false
  const exited = deferred()
  const watch = setInterval(() => {
    if (isAlive(pty.pid)) return
    clearInterval(watch)
    isDraining = true
    holder.mark()
    pty.resume()
  }, WATCH_MS)
  const onOutput = (data: unknown): void => {
    const bytes = holder.filter(toBuffer(data))
    if (bytes.length > 0) listener.onOutput(bytes)
  }
  // With `encoding: null` the library hands out Buffers, although its types say strings.
  pty.onData(onOutput)
  pty.onExit(({ exitCode }) => {
    hasExited = true
    clearInterval(watch)
    holder.release()
    // A socket that was paused when it was destroyed still holds what it had read.
    for (let rest: unknown = socket?.read(); rest instanceof Uint8Array; rest = socket?.read()) onOutput(rest)
    if (holder.rest().length > 0) listener.onOutput(holder.rest())
    sandbox.forget(pty.pid)
    listener.onExit(exitCode)
    exited.resolve()
  })
  const fd: unknown = Reflect.get(pty, 'fd')
  // Types what the terminal takes at once, and answers what is left. Input to a terminal that has gone is lost.
  const type = (bytes: Buffer): Buffer => {
    // A descriptor that was closed may have been given to another file by now.
    if (hasExited || typeof fd !== 'number' || socket === undefined || socket.destroyed) return NOTHING
    try {
      return bytes.subarray(writeSync(fd, bytes))
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
      return isFull ? bytes : NOTHING
    }
  }
  const typeAll = async (bytes: Buffer): Promise<void> => {
    for (let left = bytes; left.length > 0; left = type(left)) await wait(RETRY_MS)
  }
  return {
    write: (bytes) => {
      const left = type(bytes)
      return left.length === 0 ? undefined : typeAll(left)
    },
    resize: ({ cols, rows }) => {
      if (!hasExited && cols > 0 && rows > 0) pty.resize(cols, rows)
    },
    pause: () => {
      if (!isDraining) pty.pause()
    },
    resume: () => pty.resume(),
    dispose: async () => {
      if (hasExited) return
      if (program.isHungUpOnly === true) {
        // The kernel hangs up: the leader and the programs in the foreground get SIGHUP.
        clearInterval(watch)
        holder.release()
        socket?.destroy()
        return
      }
      pty.resume()
      pty.kill('SIGHUP')
      const timer = setTimeout(() => pty.kill('SIGKILL'), EXIT_WAIT_MS)
      await exited.promise
      clearTimeout(timer)
    },
  }
}
