// Breaks the code in named ways, one at a time, in a copy of the tree, and shows that each breakage turns a test red.
//
//   npm run test:mutants            all of them
//   npm run test:mutants -- NAME    those whose name contains NAME
//   node build/mutants.mjs --check  only that each text which a mutant replaces is still there; part of npm test
//
// A mutant that survives is a gap in the tests. The last line is "N passed, N failed"; a killed mutant has passed.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { accountSessionMutants } from './mutants/accountsessions.mjs'
import { aheadMutants } from './mutants/ahead.mjs'
import { authorizationMutants } from './mutants/authorizations.mjs'
import { bundlingMutants } from './mutants/bundling.mjs'
import { coreMutants } from './mutants/core.mjs'
import { credentialMutants } from './mutants/credentials.mjs'
import { containerMutants } from './mutants/containers.mjs'
import { drainMutants } from './mutants/drains.mjs'
import { containerAuditMutants } from './mutants/containeraudit.mjs'
import { containerViewMutants } from './mutants/containerviews.mjs'
import { ecsSimulatorMutants } from './mutants/ecssimulator.mjs'
import { ephemeralMutants } from './mutants/ephemeral.mjs'
import { failoverMutants } from './mutants/failover.mjs'
import { recordingMutants } from './mutants/recordings.mjs'
import { keyMutants } from './mutants/keys.mjs'
import { ledgerMutants } from './mutants/ledger.mjs'
import { recordingViewMutants } from './mutants/recordingviews.mjs'
import { refusalMutants } from './mutants/refusals.mjs'
import { ssmMutants } from './mutants/ssm.mjs'
import { wireMutants } from './mutants/wire.mjs'

const root = path.resolve(import.meta.dirname, '..')

const mutants = [
  ...ssmMutants,
  ...aheadMutants,
  ...coreMutants,
  ...wireMutants,
  ...refusalMutants,
  ...credentialMutants,
  ...keyMutants,
  ...ledgerMutants,
  ...accountSessionMutants,
  ...containerMutants,
  ...containerAuditMutants,
  ...containerViewMutants,
  ...ecsSimulatorMutants,
  ...ephemeralMutants,
  ...failoverMutants,
  ...drainMutants,
  ...recordingViewMutants,
  ...bundlingMutants,
  ...recordingMutants,
  ...authorizationMutants,
]

for (const { name, edits } of mutants) {
  for (const [file, text] of edits) {
    if (readFileSync(path.join(root, file), 'utf8').includes(text)) continue
    throw new Error(`${name}: ${file} does not contain ${JSON.stringify(text)}`)
  }
}
const wanted = process.argv[2] ?? ''
if (wanted === '--check') process.exit(0)

const copy = mkdtempSync(path.join(os.tmpdir(), 'culvert-mutants-'))
const skip = new Set(['node_modules', '.git', 'release', 'test-results', 'coverage'])
cpSync(root, copy, { recursive: true, filter: (source) => !skip.has(path.relative(root, source)) })
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction')

/** Runs tests in the copy; true when they pass. */
function passes(tests) {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // Stops at the first failure, because one red test is enough.
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--bail=1', '--testTimeout=15000', '--hookTimeout=15000', ...tests],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout: 180_000,
      env: { ...process.env, NO_COLOR: '1' },
    },
  )
  const output = `${run.stdout}${run.stderr}`
  // A suite that does not load has noticed nothing. One that hangs behind a failed test has.
  const hasRun = /Tests {2}.*\d+ (failed|passed)/.test(output) || (run.error !== undefined && /^ +× /m.test(output))
  if (!hasRun) throw new Error(`the tests ${tests.join(', ')} did not run:\n${output.slice(-2_000)}`)
  return run.status === 0
}

let killed = 0
let survived = 0
try {
  const chosen = mutants.filter((mutant) => mutant.name.includes(wanted))
  const baseline = [...new Set(chosen.flatMap((mutant) => mutant.tests))]
  if (!passes(baseline)) throw new Error('the tests fail without any mutant: mend that first')
  for (const mutant of chosen) {
    const originals = new Map()
    for (const [file, text, replacement] of mutant.edits) {
      const target = path.join(copy, file)
      const source = readFileSync(target, 'utf8')
      if (!originals.has(target)) originals.set(target, source)
      // An earlier edit of this mutant may have removed the text.
      if (!source.includes(text)) throw new Error(`${mutant.name}: ${file} no longer contains ${JSON.stringify(text)}`)
      writeFileSync(
        target,
        source.replace(text, () => replacement),
      )
    }
    const isKilled = !passes(mutant.tests)
    console.log(`${isKilled ? 'killed  ' : 'SURVIVED'}  ${mutant.name}`)
    if (isKilled) killed += 1
    else survived += 1
    for (const [target, source] of originals) writeFileSync(target, source)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${killed} passed, ${survived} failed`)
if (survived > 0 || killed === 0) process.exit(1)
