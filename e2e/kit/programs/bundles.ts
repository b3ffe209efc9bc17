// Bundles the command line, the web host and the simulator once for a run of the whole-product tests.
//
// With the build's own options, but not into dist/: a test must neither meet the leavings of an older build nor disturb a newer
// one. The folder lies below node_modules, where the native pty is found. Owns it until the run ends.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestProject } from 'vitest/node'

const root = path.resolve(import.meta.dirname, '..', '..', '..')

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the bundles. */
    bundles: string
  }
}

/** Vitest's global setup. Resolves with its end. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(path.join(root, 'node_modules', '.culvert-cli-'))
  const script =
    "import { build } from 'esbuild'; import { nodeBundles } from './build/bundles.mjs';" +
    'const { cli, web, simulator } = nodeBundles.entryPoints;' +
    `await build({ ...nodeBundles, entryPoints: { cli, web, simulator }, outdir: ${JSON.stringify(folder)} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: root, stdio: 'inherit' })
  const [status] = (await once(child, 'exit')) as [number]
  if (status !== 0) throw new Error('the programs could not be bundled')
  mkdirSync(path.join(folder, 'renderer'))
  writeFileSync(path.join(folder, 'renderer', 'index.html'), '<!doctype html>')
  project.provide('bundles', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
