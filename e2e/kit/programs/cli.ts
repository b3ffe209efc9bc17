// The built command line and web host as child processes, pointed at a simulator in the test's own process.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inject } from 'vitest'
import type { Simulator } from '../../../electron/simulator/simulator'

/** How a command ended, and what it printed. */
export interface Outcome {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** A command that is running. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** What it has printed so far. */
  readonly printed: () => string
  readonly told: () => string
  readonly ended: Promise<Outcome>
}

/** Bundles of the command line, the web host and the simulator, made of the sources as they are now. */
export interface Bundle {
  readonly cli: string
  /** The web host, with a page that says nothing. */
  readonly web: string
}

/** The bundles of this run; see bundles.ts. */
export function bundledPrograms(): Bundle {
  const folder = inject('bundles')
  return { cli: path.join(folder, 'cli.mjs'), web: path.join(folder, 'web.mjs') }
}

/** An environment with no AWS in it: no profile, no keys, a home without files. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const home = path.join(tmpdir(), 'culvert-no-home')
  return {
    PATH: process.env['PATH'],
    HOME: home,
    TERM: 'xterm-256color',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

/** The environment that points any AWS tool at `simulator`. */
export function environmentOf(simulator: Simulator): NodeJS.ProcessEnv {
  const { endpointUrl, region, credentials } = simulator
  return {
    ...bareEnvironment(),
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  }
}

/** Starts a command; its stdin stays open. */
export function start(bundle: Bundle, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  return startScript(bundle.cli, args, env)
}

/** Starts any of the bundle's programs; its stdin stays open. */
export function startScript(script: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: 'pipe' })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // A command that has ended no longer takes input.
  child.stdin.on('error', () => undefined)
  return {
    child,
    printed: () => Buffer.concat(out).toString(),
    told: () => Buffer.concat(err).toString(),
    ended: once(child, 'close').then(([status, signal]) => ({
      status: status as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: Buffer.concat(out),
      stderr: Buffer.concat(err).toString(),
    })),
  }
}
