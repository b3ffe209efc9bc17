// Starts the Demo under Electron: the simulator in a utility process, since the packed app's fuses forbid running as Node.
//
// A utility process ends with its parent by itself. Its credentials come over its stdout, and it gets nothing of AWS from our
// environment, as in demo.ts.

import path from 'node:path'
import { utilityProcess } from 'electron'
import { AppError } from '../shared/errors'
import type { DemoProcess } from './core/environments/open'
import { demoEnvironment, parseReadyLine } from './demo'

const READY_MS = 10_000

/** Forks the simulator and resolves once it is ready. Disposing kills it. Rejects with `simulator-failed`. */
export function forkDemo(): Promise<DemoProcess> {
  const child = utilityProcess.fork(path.join(import.meta.dirname, 'simulator.mjs'), ['--utility'], {
    env: demoEnvironment(process.env),
    // A utility process has no stdin. What it complains about must not fill a pipe that nobody reads.
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(`it ended with ${code}`))
  })
  return new Promise((resolve, reject) => {
    let text = ''
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill()
      reject(new AppError('simulator-failed', `The Demo could not be started (${why}). Start Culvert again.`))
    }
    const timer = setTimeout(() => fail('it was not ready in time'), READY_MS)
    child.once('exit', (code) => fail(`it ended with ${code}`))
    child.stdout?.on('data', (piece: Buffer) => {
      text += piece.toString('utf8')
      const [line, rest] = text.split('\n')
      if (line === undefined || rest === undefined) return
      clearTimeout(timer)
      try {
        const ready = parseReadyLine(line)
        resolve({
          ...ready,
          ended,
          [Symbol.asyncDispose]: async () => {
            child.kill()
            await ended
          },
        })
      } catch {
        fail('it did not say where it listens')
      }
    })
  })
}
