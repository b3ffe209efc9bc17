// npm test                 everything that must pass: checks two at a time, then one step after the other (two cores)
// npm test -- PATTERN      the tests and journeys whose path contains it
// npm run test:changed     those that a change since the last commit concerns
// npm run check            types, lint, format, unused exports, copies, mutants: in seconds
//
// Goes on after a failure, so that one run shows every failure, and lists them once more at its end. The last line is
// always "N passed, N failed": each check counts as one, each test as one.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from './bundles.mjs'
import { describeFailures, failureOf, journeyResult, keep, unitResult } from './tests/failures.mjs'

const scratch = mkdtempSync(path.join(os.tmpdir(), 'culvert-test-'))
const unitReport = path.join(scratch, 'unit.json')
const journeyReport = path.join(scratch, 'journeys.json')
const bin = (name) => path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
let passed = 0
const failures = []

/** How long to wait for the end of the output: a process that outlives the step may hold its pipes open. */
const PIPES_MS = 2_000

/** Checks that run at the same time. Each uses several threads: on two cores more of them would only take more memory. */
const LANES = 2

/** Shows output as it comes. */
const atOnce = (text, to) => to.write(text)

/** Runs a program, gives its output to `show`, and resolves with its exit status and the end of that output. */
function run(command, args, { env = {}, show = atOnce } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...(process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {}),
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ...env,
      },
      shell: process.platform === 'win32',
    })
    let output = ''
    const take = (from, to) =>
      from.setEncoding('utf8').on('data', (piece) => {
        show(piece, to)
        output = keep(output, piece)
      })
    take(child.stdout, process.stdout)
    take(child.stderr, process.stderr)
    child.on('error', (error) => {
      show(`${String(error)}\n`, process.stderr)
      resolve({ code: 1, output: keep(output, String(error)) })
    })
    child.on('exit', () => {
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, PIPES_MS).unref()
    })
    child.on('close', (code, signal) => {
      if (signal !== null) output = keep(output, `\nended by ${signal}`)
      resolve({ code: code ?? 1, output })
    })
  })
}

/** Runs a step: `act` resolves with what failed in it. */
async function step(name, act, show = atOnce) {
  const startedAt = performance.now()
  show(`\n── ${name}\n`, process.stdout)
  const failed = await act()
  failures.push(...failed)
  const word = failed.length === 0 ? 'ok' : 'FAILED'
  show(`── ${name}: ${word} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`, process.stdout)
  return failed.length === 0
}

async function check(name, command, args, show = atOnce) {
  const act = async () => {
    const { code, output } = await run(command, args, { show })
    return code === 0 ? [] : [failureOf(name, output)]
  }
  const isOk = await step(name, act, show)
  if (isOk) passed += 1
  return isOk
}

/** Runs checks, `LANES` at a time, the first ones first. The output of each is shown in one piece when it ends. */
async function checks(list) {
  const waiting = [...list]
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const pieces = []
      await check(...next, (text, to) => pieces.push([text, to]))
      for (const [text, to] of pieces) to.write(text)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Runs a suite and adds up its report. A suite without a report has failed; one without a single test too, unless it `mayBeEmpty`. */
async function suite(name, command, args, { env, report, read, mayBeEmpty = false }) {
  await step(name, async () => {
    const { code, output } = await run(command, args, { env })
    try {
      const result = read(JSON.parse(readFileSync(report, 'utf8')), root, output)
      passed += result.passed
      if (result.failures.length > 0) return result.failures
      if (code === 0 && (result.passed > 0 || mayBeEmpty)) return []
      // An error outside of any test (a leak, a crash) fails the run although every test has passed.
      return [failureOf(`${name}: failed outside of any test`, output)]
    } catch (error) {
      return [failureOf(`${name}: no report`, keep(output, `\n${error.message}`))]
    }
  })
}

const words = process.argv.slice(2)
const isCheck = words.includes('--check')
const isChanged = words.includes('--changed')
const patterns = words.filter((word) => !word.startsWith('--'))
const isWhole = !isCheck && !isChanged && patterns.length === 0

if (isWhole || isCheck) {
  const cache = path.join(root, 'node_modules', '.cache')
  // The long ones first.
  await checks([
    ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
    // Incremental (tsconfig.json): files that have not changed since the last run are not checked again.
    ['types', bin('tsc'), ['-p', '.']],
    ['unused', bin('knip'), ['--cache', '--cache-location', path.join(cache, 'knip')]],
    ['format', bin('oxfmt'), ['--check']],
    ['copies', bin('jscpd'), []],
    ['mutants fit', process.execPath, ['build/mutants.mjs', '--check']],
  ])
}
const isBuilt = !isCheck && (await check('build', process.execPath, ['build/build.mjs']))
// A pattern may match in one suite only.
const some = isWhole ? [] : ['--passWithNoTests']
if (!isCheck) {
  const chosen = isChanged ? ['--changed'] : patterns
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`]
  await suite('unit', bin('vitest'), ['run', ...reports, ...some, ...chosen], {
    report: unitReport,
    read: unitResult,
    mayBeEmpty: !isWhole,
  })
}
// Packs against a stand-in for Electron: offline, in seconds. The stand-in is a Linux one.
if (isWhole && isBuilt && process.platform === 'linux') {
  await check('packed app', process.execPath, ['build/pack/pack-check.mjs'])
}
if (!isCheck && isBuilt) {
  const chosen = isChanged ? ['--only-changed'] : patterns
  await suite(
    'journeys',
    bin('playwright'),
    ['test', '--reporter=list,json', ...(isWhole ? [] : ['--pass-with-no-tests']), ...chosen],
    {
      env: { PLAYWRIGHT_JSON_OUTPUT_NAME: journeyReport },
      report: journeyReport,
      read: journeyResult,
      mayBeEmpty: !isWhole,
    },
  )
} else if (!isCheck) {
  await step('journeys', async () => [failureOf('journeys', 'not run, the build failed')])
}
rmSync(scratch, { recursive: true, force: true })
if (failures.length > 0) console.log(`\n${describeFailures(failures)}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
