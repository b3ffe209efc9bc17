// npm run bench: bundles the benchmarks of e2e/bench and runs them against the built simulator.
//
//   npm run bench                  all parts
//   npm run bench -- answers       one part: link (what crosses to a page), throughput, answers, sessions (a list of 100,000),
//                                  ledger (opening 100,000), list (a page with a large account), capture (recording and drains) or
//                                  containers (listing a large account of Amazon ECS)
//   npm run bench -- throughput 16 with its own argument: megabytes of throughput, milliseconds of answers, sessions and instances
//                                  of list, services of containers

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { nodeBundles, root } from './bundles.mjs'

const parts = ['link', 'throughput', 'answers', 'sessions', 'ledger', 'list', 'capture', 'containers']
const [wanted, ...rest] = process.argv.slice(2)
if (wanted !== undefined && !parts.includes(wanted))
  throw new Error(`no such part: ${wanted}. Parts: ${parts.join(', ')}`)

const outdir = path.join(root, 'node_modules/.cache/culvert-bench')
mkdirSync(outdir, { recursive: true })
const entryPoints = Object.fromEntries(parts.map((part) => [part, `e2e/bench/${part}.ts`]))
// Playwright is loaded as it is installed: it finds its own files by their places.
const external = [...nodeBundles.external, '@playwright/test', '@sparticuz/chromium']
await build({ ...nodeBundles, external, entryPoints, outdir, sourcemap: false })
for (const part of wanted === undefined ? parts : [wanted]) {
  const run = spawnSync(process.execPath, [path.join(outdir, `${part}.mjs`), ...rest], {
    stdio: 'inherit',
    env: {
      ...process.env,
      CULVERT_SIMULATOR: path.join(root, 'dist/simulator.mjs'),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  })
  if (run.status !== 0) process.exit(run.status ?? 1)
}
