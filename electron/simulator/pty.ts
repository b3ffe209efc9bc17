// A real pseudo terminal of this computer, by @lydell/node-pty, behind the few calls that a shell needs.
//
// The library is loaded when first needed: it is native, and where it cannot be loaded the scripted shell serves.
// Two of its habits are worked round here: it hides the socket that knows about backpressure, and 200 ms after the
// process ended it destroys that socket, unread output included; so a paused terminal watches its process.

import { accessSync, constants } from 'node:fs'
import { Socket } from 'node:net'
import type { spawn as spawnPty } from '@lydell/node-pty'
import type { TerminalSize } from '../ssm/payloads'
import type { Sandbox } from './processes'

/** How often a paused terminal looks whether its process has ended; well below the library's 200 ms. */
const WATCH_MS = 50
/** A terminal that was told to go and does not: how long its exit is awaited. */
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

/** Who listens to a terminal. */
export interface TerminalListener {
  onOutput(bytes: Buffer): void
  onExit(exitCode: number): void
}

/** Opens terminals; `undefined` as command means an interactive shell. */
export type OpenTerminal = (command: string | undefined, sandbox: Sandbox, listener: TerminalListener) => Terminal

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
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

function programOf(command: string | undefined): { readonly file: string; readonly words: string[] } {
  if (command !== undefined) return { file: '/bin/sh', words: ['-c', command] }
  const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find(isProgram)
  return bash === undefined ? { file: '/bin/sh', words: [] } : { file: bash, words: ['--noprofile', '--norc'] }
}

/** Loads the native library and answers how to open a terminal; `undefined` where there is none to be had. */
export async function loadPty(): Promise<OpenTerminal | undefined> {
  // Its Windows half knows neither raw bytes nor process groups.
  if (process.platform === 'win32') return undefined
  try {
    const { spawn } = await import('@lydell/node-pty')
    return (command, sandbox, listener) => openPty(spawn, programOf(command), sandbox, listener)
  } catch {
    return undefined
  }
}

type Spawn = typeof spawnPty

function openPty(
  spawn: Spawn,
  program: { readonly file: string; readonly words: string[] },
  sandbox: Sandbox,
  listener: TerminalListener,
): Terminal {
  const pty = spawn(program.file, program.words, {
    name: 'xterm-256color',
    cwd: sandbox.folder,
    env: { ...sandbox.environment },
    encoding: null,
  })
  sandbox.add(pty.pid)
  const hidden: unknown = Reflect.get(pty, '_socket')
  const socket = hidden instanceof Socket ? hidden : undefined
  let hasExited = false
  // The process has ended but its output is not all read: from here on nothing holds the reading back.
  let isDraining = false
  let watch: NodeJS.Timeout | undefined
  let tellExited: () => void = () => undefined
  const exited = new Promise<void>((resolve) => {
    tellExited = resolve
  })
  // With `encoding: null` the library hands out Buffers, whatever its types say.
  pty.onData((data: unknown) => listener.onOutput(toBuffer(data)))
  pty.onExit(({ exitCode }) => {
    hasExited = true
    clearInterval(watch)
    // A socket that was paused when it was destroyed still holds what it had read.
    for (let rest: unknown = socket?.read(); rest instanceof Uint8Array; rest = socket?.read()) {
      listener.onOutput(toBuffer(rest))
    }
    sandbox.forget(pty.pid)
    listener.onExit(exitCode)
    tellExited()
  })
  const resume = (): void => {
    clearInterval(watch)
    pty.resume()
  }
  return {
    write: (bytes) => {
      if (hasExited) return undefined
      if (socket === undefined) {
        pty.write(bytes.toString('utf8'))
        return undefined
      }
      if (socket.write(bytes)) return undefined
      return new Promise((resolve) => {
        socket.once('drain', resolve)
        socket.once('close', resolve)
      })
    },
    resize: ({ cols, rows }) => {
      if (!hasExited && cols > 0 && rows > 0) pty.resize(cols, rows)
    },
    pause: () => {
      if (isDraining) return
      pty.pause()
      clearInterval(watch)
      watch = setInterval(() => {
        if (isAlive(pty.pid)) return
        isDraining = true
        resume()
      }, WATCH_MS)
    },
    resume,
    dispose: async () => {
      if (hasExited) return
      resume()
      pty.kill('SIGHUP')
      const timer = setTimeout(() => {
        pty.kill('SIGKILL')
      }, EXIT_WAIT_MS)
      await exited
      clearTimeout(timer)
    },
  }
}
