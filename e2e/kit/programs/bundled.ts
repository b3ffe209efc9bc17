// Runs a module of electron/aws in a process of its own, for tests of what a whole process does: its end, its limits.

import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { sdkParts } from '../../../build/sdkparts.mjs'

/** A process that was started. */
export type Started = ChildProcessByStdio<null, Readable, Readable>

/**
 * Bundles `source`, which may import modules of electron/aws ("./account"), into `folder` and starts it by `command`, a line for sh
 * in which "$0" is Node and "$1" the bundle.
 */
export async function startBundled(
  source: string,
  options: {
    readonly folder: string
    readonly command?: string
    readonly env?: NodeJS.ProcessEnv
    readonly uid?: number
  },
): Promise<Started> {
  const electron = join(import.meta.dirname, '../../../electron')
  await build({
    stdin: { contents: source, resolveDir: join(electron, 'aws'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    // As the product: `await using` is not in Node 20.
    target: 'node20',
    format: 'esm',
    // As the product is bundled: CommonJS builds of the AWS SDK cannot be imported lazily.
    mainFields: ['module', 'main'],
    // CommonJS in the bundle asks for require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    // Dynamic imports become files of their own there.
    splitting: true,
    plugins: [sdkParts(electron)],
    outdir: options.folder,
    entryNames: 'bundled',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
  })
  return spawn(
    'sh',
    ['-c', options.command ?? 'exec "$0" "$1"', process.execPath, join(options.folder, 'bundled.mjs')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
    },
  )
}
