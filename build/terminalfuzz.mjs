// npm run test:terminal: the journey of e2e/terminalfuzz.spec.ts with 50 steps. CULVERT_FUZZ_SEED repeats a script.

import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { root } from './bundles.mjs'

const run = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/@playwright/test/cli.js'),
    'test',
    'e2e/terminalfuzz.spec.ts',
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { CULVERT_FUZZ_STEPS: '50', ...process.env } },
)
process.exit(run.status ?? 1)
