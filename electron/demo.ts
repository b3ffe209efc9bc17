// Starts the Demo: the simulator as a child process of a plain Node host (web host, command line).
//
// Owns the child. Its stdin stays open until the Demo is disposed; closing it ends the child, and it closes too when this
// process is killed. Credentials come over the child's stdout, never by argv or environment. Electron's main process
// starts the same file in its own way, because its fuses forbid running as Node.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../shared/errors'
import { settledWithin } from './core/async/closing'
import type { DemoProcess } from './core/environments/open'
import { readReady } from './demoready'

/** How long a child may take to end by itself once its stdin is closed. */
const END_MS = 2_000

/** How long the rest of a child's stderr may take to arrive once it has ended. */
const LAST_WORD_MS = 250

/** How much of the child's stderr is kept for an error message. */
const STDERR_TAIL = 2_000

function failed(why: string, cause?: unknown): AppError {
  return new AppError('simulator-failed', `The Demo could not be started (${why}): run npm run build and try again.`, {
    cause,
  })
}

/** The simulator's bundle: beside our own bundle, or in dist when this runs from source. */
function simulatorPath(): string {
  const here = import.meta.dirname
  const beside = join(here, 'simulator.mjs')
  return existsSync(beside) ? beside : join(here, '..', 'dist', 'simulator.mjs')
}

/** Our environment without anything of AWS: the Demo hands out shells, and those need no keys to a real account. */
export function demoEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const clean: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^aws_/i.test(name)) clean[name] = value
  }
  return clean
}

/** Keeps the newest of a child's stderr; returns a function that adds it, on one line, to a reason. */
function keepErrors(child: ChildProcessWithoutNullStreams): (reason: string) => string {
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-STDERR_TAIL)
  })
  return (reason) => {
    const tail = errors.trim().replace(/[\s\p{Cc}]+/gu, ' ')
    return tail === '' ? reason : `${reason}; it said: ${tail}`
  }
}

/** Resolves with how the child has ended, or why it could not be started, once its output is there. */
function closedBy(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(`it ended with ${String(code ?? signal)}`))
  })
}

/** Resolves with how the child has ended and the end of its stderr. */
async function endOf(child: ChildProcessWithoutNullStreams, why: (reason: string) => string): Promise<string> {
  const status = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(String(code ?? signal)))
  })
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const how = `it ended with ${await status}`
  // A shell that the child started may still hold its pipes open.
  await settledWithin(closed, LAST_WORD_MS)
  return why(how)
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  child.stdin.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), END_MS)
  await exited
  clearTimeout(timer)
}

/**
 * Starts the simulator and resolves once it is ready. Disposing ends it and resolves when it has gone. Rejects with
 * `simulator-failed`; nothing is left running then. `script` is for tests.
 */
export async function spawnDemoChild(script: string = simulatorPath()): Promise<DemoProcess> {
  const child = spawn(process.execPath, [script, '--child'], {
    env: demoEnvironment(process.env),
    stdio: 'pipe',
    windowsHide: true,
    // A process group of its own: Ctrl-C in our terminal must not end it before our sessions have been ended in order.
    detached: process.platform !== 'win32',
  })
  // Without a descriptor left it has neither pid nor streams, only an error that comes later.
  if (child.pid === undefined) {
    const error = await new Promise<Error>((resolve) => child.once('error', resolve))
    throw failed(error.message, error)
  }
  // A child that is gone already closes its end first; `close` tells.
  child.stdin.on('error', () => undefined)
  const why = keepErrors(child)
  const ended = endOf(child, why)
  const readiness = await readReady(child.stdout, closedBy(child))
  if ('problem' in readiness) {
    child.kill('SIGKILL')
    throw failed(why(readiness.problem))
  }
  let disposed: Promise<void> | undefined
  return {
    ...readiness.ready,
    ended,
    [Symbol.asyncDispose]: () => {
      disposed ??= end(child)
      return disposed
    },
  }
}
