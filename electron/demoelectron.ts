// Starts the Demo under Electron: the simulator in a utility process, since the packed app's fuses forbid running as Node.
//
// A utility process ends with its parent by itself. Its credentials come over its stdout, and it gets nothing of AWS from our
// environment, as in demo.ts. What it says first is read by demoready.ts.

import path from 'node:path'
import { utilityProcess } from 'electron'
import { AppError } from '../shared/errors'
import type { DemoProcess } from './core/environments/open'
import { demoEnvironment } from './demo'
import { readReady } from './demoready'

/** Forks the simulator and resolves once it is ready. Disposing kills it. Rejects with `simulator-failed`. */
export async function forkDemo(): Promise<DemoProcess> {
  const child = utilityProcess.fork(path.join(import.meta.dirname, 'simulator.mjs'), ['--utility'], {
    env: demoEnvironment(process.env),
    // A utility process has no stdin. Its stderr is ours: in a pipe that is not read it would block the process.
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(`it ended with ${code}`))
  })
  const { stdout } = child
  const readiness = stdout === null ? { problem: 'it has no output' } : await readReady(stdout, ended)
  if ('problem' in readiness) {
    child.kill()
    throw new AppError('simulator-failed', `The Demo could not be started (${readiness.problem}). Start Culvert again.`)
  }
  return {
    ...readiness.ready,
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await ended
    },
  }
}
