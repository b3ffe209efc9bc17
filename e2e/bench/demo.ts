// The Demo's environment for a benchmark: the simulator in a separate process, paced like a real agent or unpaced.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { processBudgets } from '../../electron/core/tunnels/budgets'
import { openEnvironment, type DemoProcess } from '../../electron/core/environments/open'
import type { Environment } from '../../electron/core/environments/environment'
import type { Tunnel } from '../../electron/core/tunnels/parts'

async function spawnSimulator(isPaced: boolean): Promise<DemoProcess> {
  const script = process.env['CULVERT_SIMULATOR'] ?? 'dist/simulator.mjs'
  const child = spawn(process.execPath, [script, '--child', ...(isPaced ? [] : ['--no-pace'])], { stdio: 'pipe' })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const ready = JSON.parse(line.toString()) as Pick<DemoProcess, 'endpointUrl' | 'region' | 'credentials'>
  return {
    ...ready,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}

/** Runs `act` in the environment of a simulator that is started for it and ended after it. */
export async function withDemo(isPaced: boolean, act: (environment: Environment) => Promise<void>): Promise<void> {
  const environment = await openEnvironment({
    demo: true,
    env: {},
    budgets: processBudgets(),
    spawnDemo: () => spawnSimulator(isPaced),
  })
  await act(environment)
  await environment[Symbol.asyncDispose]()
}

/** Opens a tunnel to a port of one of the Demo's instances. */
export async function openTunnel(environment: Environment, remotePort: number): Promise<Tunnel> {
  return environment.openTunnel({
    target: (await environment.resolveTarget('web-2', AbortSignal.timeout(10_000))).id,
    remotePort,
    signal: AbortSignal.timeout(10_000),
    onState: () => undefined,
    onEvent: () => undefined,
  })
}

/** Prints one line of the result. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`)
}
