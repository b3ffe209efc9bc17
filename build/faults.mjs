// npm run test:faults: bundles e2e/faults/main.ts and runs it, with the garbage collector exposed. Without source maps: Node parses
// them when an error's stack is first read, which takes 26 MB and would look like a leak.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { nodeBundles, root } from './bundles.mjs'

const outdir = path.join(root, 'node_modules/.cache/culvert-faults')
mkdirSync(outdir, { recursive: true })
await build({ ...nodeBundles, entryPoints: { faults: 'e2e/faults/main.ts' }, outdir })
const args = ['--expose-gc', path.join(outdir, 'faults.mjs'), ...process.argv.slice(2)]
const run = spawnSync(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
})
process.exit(run.status ?? 1)
