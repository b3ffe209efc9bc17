// The web host and the simulator as programs of their own, bundled from the sources as they are now.
//
// Owns the folder of the bundles and the processes that it starts. The page is a stand-in: one file of 8 MiB, so that a
// reader can leave in the middle of it.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { bareEnvironment } from './cli'

const root = path.resolve(import.meta.dirname, '..', '..', '..')

/** The bundles of both programs. */
export interface Programs extends Disposable {
  /** Starts the web host on the Demo, with its data in `home/data`. */
  startWeb(home: string): Promise<Program>
  /** Starts the simulator alone. Its first line is JSON, as its parent reads it. */
  startSimulator(openFiles?: number): Promise<Program>
}

/** A program that runs. */
export interface Program {
  /** Its first line. */
  readonly ready: string
  readonly hasEnded: boolean
  /** What it has said on stderr so far. */
  readonly told: string
  /** Asks it to end; resolves with its exit code, or with the signal that ended it. */
  stop(): Promise<number | string>
}

/** Bundles both programs below node_modules, where the native pty is found. */
export async function bundlePrograms(): Promise<Programs> {
  const folder = mkdtempSync(path.join(root, 'node_modules', '.culvert-programs-'))
  const script =
    "import { build } from 'esbuild'; import { nodeBundles } from './build/bundles.mjs';" +
    'const { web, simulator } = nodeBundles.entryPoints;' +
    `await build({ ...nodeBundles, entryPoints: { web, simulator }, outdir: ${JSON.stringify(folder)} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, stdio: 'inherit' })
  const [status] = (await once(child, 'exit')) as [number]
  if (status !== 0) throw new Error('the programs could not be bundled')
  writePage(path.join(folder, 'renderer'))
  const file = (name: string): string => path.join(folder, `${name}.mjs`)
  return {
    startWeb: (home) => run([process.execPath, file('web'), '--demo'], home),
    startSimulator: (openFiles) => {
      const words = [process.execPath, file('simulator'), '--child']
      // The shell of the system sets the limit and then becomes the program.
      const limited = ['sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...words]
      return run(openFiles === undefined ? words : limited, folder)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The page of the bundles, for a door in this process too. */
export function writePage(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Culvert</title>')
  writeFileSync(path.join(folder, 'large.js'), Buffer.alloc(8 * 1_024 * 1_024, ' '))
}

async function run([command = '', ...args]: readonly string[], home: string): Promise<Program> {
  const env = { ...bareEnvironment(), HOME: home, CULVERT_DATA_DIR: path.join(home, 'data') }
  const child = spawn(command, args, { cwd: home, env, stdio: 'pipe' })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text))
  child.stdin.on('error', () => undefined /* it has ended */)
  const ended = endOf(child)
  const ready = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    void ended.then((code) => reject(new Error(`it ended with ${code} before it was ready: ${told}`)))
  })
  return {
    ready,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null
    },
    get told() {
      return told
    },
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? String(signal)))
    child.on('error', (error) => resolve(error.message))
  })
}
