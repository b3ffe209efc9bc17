// npm test: everything that must pass, one step after the other (two cores). Goes on after a failure, so that one run tells
// everything. The last line is always "N passed, N failed": each check counts as one, each test as one.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from './bundles.mjs'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'culvert-test-'))
const unitReport = path.join(scratch, 'unit.json')
const journeyReport = path.join(scratch, 'journeys.json')
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
let passed = 0
let failed = 0

function run(command, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...env },
      shell: process.platform === 'win32',
    })
    child.on('error', (error) => {
      console.error(String(error))
      resolve(1)
    })
    child.on('close', (code) => resolve(code ?? 1))
  })
}

async function step(name, act) {
  const startedAt = performance.now()
  console.log(`\n── ${name}`)
  const ok = await act()
  console.log(`── ${name}: ${ok ? 'ok' : 'FAILED'} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  return ok
}

function count(isPassed) {
  if (isPassed) passed += 1
  else failed += 1
}

async function check(name, command, args) {
  const ok = await step(name, async () => (await run(command, args)) === 0)
  count(ok)
  return ok
}

/** Runs a suite and adds up its report. A suite without a report or without a single test has failed. */
async function suite(name, command, args, { env, report, read }) {
  await step(name, async () => {
    const code = await run(command, args, env)
    let tally = { passed: 0, failed: 0 }
    try {
      tally = read(JSON.parse(readFileSync(report, 'utf8')))
    } catch (error) {
      console.error(`no report of ${name}: ${error.message}`)
    }
    const isEmpty = tally.passed + tally.failed === 0
    // An error outside of any test (a leak, a crash) fails the run although every test has passed.
    if (isEmpty || (code !== 0 && tally.failed === 0)) tally.failed += 1
    passed += tally.passed
    failed += tally.failed
    return tally.failed === 0
  })
}

await check('types', bin('tsc'), ['-p', '.'])
await check('lint', bin('oxlint'), ['--type-aware', '--deny-warnings'])
await check('format', bin('oxfmt'), ['--check'])
await check('unused', bin('knip'), [])
await check('mutants fit', process.execPath, ['build/mutants.mjs', '--check'])
const isBuilt = await check('build', process.execPath, ['build/build.mjs'])
await suite(
  'unit',
  bin('vitest'),
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`],
  {
    report: unitReport,
    read: (json) => ({
      passed: json.numPassedTests,
      failed: json.numFailedTests + json.numPendingTests + json.numTodoTests,
    }),
  },
)
// Packs against a stand-in for Electron: offline, in seconds. The stand-in is a Linux one.
if (isBuilt && process.platform === 'linux') await check('packed app', process.execPath, ['build/pack-check.mjs'])
if (isBuilt) {
  await suite('journeys', bin('playwright'), ['test', '--reporter=list,json'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: journeyReport },
    report: journeyReport,
    // A test that passed at the second try has failed once too often.
    read: ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped }),
  })
} else {
  console.log('\n── journeys: not run, the build failed')
  failed += 1
}
rmSync(scratch, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
