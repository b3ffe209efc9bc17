// npm run bench: bundles e2e/bench/throughput.ts and runs it against the built simulator.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { nodeBundles, root } from './bundles.mjs'

const outdir = path.join(root, 'node_modules/.cache/culvert-bench')
mkdirSync(outdir, { recursive: true })
await build({ ...nodeBundles, entryPoints: { throughput: 'e2e/bench/throughput.ts' }, outdir, sourcemap: false })
const run = spawnSync(process.execPath, [path.join(outdir, 'throughput.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: {
    ...process.env,
    CULVERT_SIMULATOR: path.join(root, 'dist/simulator.mjs'),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
})
process.exit(run.status ?? 1)
