// What the tests of the command line share: the bundled program, a simulator for each test, and its sessions.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, onTestFinished } from 'vitest'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../electron/simulator/simulator'
import { bundledPrograms, environmentOf, start, type Bundle, type Outcome, type Running } from '../programs/cli'

/** The bundled program. */
export let bundle: Bundle

/** The simulator of this test. */
export let simulator: Simulator

/** The environment in which the program runs in this test. */
export let env: NodeJS.ProcessEnv

/** A folder for the whole file. */
export let folder: string

/** Returns the id of the instance with this Name. */
export const idOf = (name: string): string => simulator.world.instances.find(({ tags }) => tags['Name'] === name)!.id

/** Starts the program; what still runs when the test ends is killed. */
export const begin = (...args: string[]): Running => {
  const running = start(bundle, args, env)
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

/** Runs a command to its end with `input` for stdin. */
export async function run(
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Outcome & { text: string }> {
  const running = begin(...args)
  running.child.stdin.end(input)
  const outcome = await running.ended
  return { ...outcome, text: outcome.stdout.toString() }
}

/** Ids of sessions that are not over. Whatever a command does, none may be left. */
export const open = (): string[] =>
  simulator
    .sessions()
    .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
    .map(({ id }) => id)

interface Line {
  readonly type: string
  readonly kind?: string
  readonly port?: number
  readonly [key: string]: unknown
}

/** Reads what a program has printed with --json, line by line. */
export const linesOf = (running: Running): Line[] =>
  running
    .printed()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)

/** Replaces `env`. */
export function setEnv(next: NodeJS.ProcessEnv): void {
  env = next
}

/** Replaces `simulator`. */
export function setSimulator(next: Simulator): void {
  simulator = next
}

/** Starts a simulator for each test; call it at the top of a test file. */
export function stageCli(options: SimulatorOptions = {}): void {
  beforeAll(async () => {
    bundle = bundledPrograms()
    folder = await mkdtemp(path.join(tmpdir(), 'culvert-cli-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, instances: 0, ...options })
    env = { ...environmentOf(simulator), CULVERT_DATA_DIR: path.join(folder, 'data') }
  })
  afterEach(() => simulator[Symbol.asyncDispose]())
}
