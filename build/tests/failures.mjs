// Lists the failures of npm test once more at its end, because one in the middle of a long output is easily missed.
//
// Reads the JSON reports of Vitest and Playwright, and keeps the end of the output of programs that have no report. Owns no
// process and no file. A failure is { name, file, output }: the test or check, its file (or undefined), its output.

import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** Lines kept of an error: its message and the first calls of the stack. The rest is in the output above. */
const LINES_OF_A_TEST = 30
/** Lines kept of a check: the end of its output, where linters and compilers sum up. */
const LINES_OF_A_CHECK = 40
/** A diff of long lines must not push everything else out of sight. */
const LONGEST_LINE = 240
/** A broken build fails hundreds of tests. The first of them show why. */
const MOST_FAILURES = 40
/** More than 40 lines of the longest length. */
const KEPT_OUTPUT = 65_536

function lines(text) {
  return stripVTControlCharacters(text)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
}

function head(text) {
  const all = lines(text)
  const cut = all.length - LINES_OF_A_TEST
  return cut > 0 ? [...all.slice(0, LINES_OF_A_TEST), `… ${cut} lines more`].join('\n') : all.join('\n')
}

function relative(root, file) {
  return file === undefined ? undefined : path.relative(root, path.resolve(root, file)).split(path.sep).join('/')
}

/** Appends a piece of output to `kept`. Only the end of all output is kept. */
export function keep(kept, piece) {
  return (kept + piece).slice(-KEPT_OUTPUT)
}

/** The failure of a program that has no report: the last lines of what it printed. */
export function failureOf(name, output) {
  return { name, file: undefined, output: lines(output).slice(-LINES_OF_A_CHECK).join('\n') }
}

/**
 * What Vitest printed about each failed test, by "file > name". Its report has no differences, its default reporter prints
 * them: " FAIL  file > name", the error, a rule of "⎯". Tests with one and the same error share it; the report tells those.
 */
function printedErrors(output) {
  const blocks = stripVTControlCharacters(output)
    .split(/^ FAIL {2}/m)
    .slice(1)
  const told = blocks.map((block) => {
    const [name, ...rest] = block.split(/\r?\n⎯{3}/)[0].split(/\r?\n/)
    return [name.trim(), rest.join('\n')]
  })
  return new Map(told.filter(([, error]) => error.trim() !== ''))
}

/**
 * Reads a report of Vitest's JSON reporter, and the output of its default reporter next to it. A test that was not run counts as failed: nothing here may be skipped. A file
 * that cannot be loaded, and a hook that fails, is one failure more.
 */
export function unitResult(json, root, output) {
  const printed = printedErrors(output)
  let passed = 0
  const failures = []
  for (const each of json.testResults) {
    const file = relative(root, each.name)
    for (const test of each.assertionResults) {
      if (test.status === 'passed') passed += 1
      else {
        const name = [...test.ancestorTitles, test.title].join(' > ')
        const error = printed.get(`${file} > ${name}`) ?? (test.failureMessages ?? []).join('\n')
        failures.push({ name, file, output: head(test.status === 'failed' ? error : `not run (${test.status})`) })
      }
    }
    // A file that cannot be loaded, or a hook that failed: no test has the error.
    if (each.status === 'failed' && !each.assertionResults.some(({ status }) => status === 'failed')) {
      failures.push({ name: 'the file itself', file, output: head(each.message ?? '') })
    }
  }
  return { passed, failures }
}

function journeysOf(suite, titles) {
  const specs = (suite.specs ?? []).map((spec) => ({ spec, titles: [...titles, spec.title] }))
  return [...specs, ...(suite.suites ?? []).flatMap((inner) => journeysOf(inner, [...titles, inner.title]))]
}

/**
 * Reads a report of Playwright's JSON reporter. A test that passed at a second try has failed once too often, and one that
 * was not run has failed as well.
 */
export function journeyResult(json, root) {
  let passed = 0
  const failures = []
  // Paths in the report are relative to the folder of the tests.
  const folder = json.config?.rootDir ?? root
  const fileOf = (file) => relative(root, path.resolve(folder, file))
  // The outermost suite is the file.
  for (const { spec, titles } of json.suites.flatMap((file) => journeysOf(file, []))) {
    for (const test of spec.tests) {
      if (test.status === 'expected') passed += 1
      else {
        const said = test.results.flatMap(({ errors }) =>
          errors.map(({ stack, message, value }) => stack ?? message ?? value),
        )
        const name = [test.projectName, ...titles].filter((title) => title !== '').join(' > ')
        failures.push({ name, file: fileOf(spec.file), output: head([`(${test.status})`, ...said].join('\n')) })
      }
    }
  }
  for (const { stack, message, location } of json.errors ?? []) {
    const file = location === undefined ? undefined : fileOf(location.file)
    failures.push({ name: 'outside of any test', file, output: head(stack ?? message ?? '') })
  }
  return { passed, failures }
}

/** All failures as one text; an empty one when there are none. */
export function describeFailures(failures) {
  if (failures.length === 0) return ''
  const told = failures.slice(0, MOST_FAILURES).map(({ name, file, output }) => {
    const where = file === undefined ? '' : ` (${file})`
    return [`✗ ${name}${where}`, ...output.split('\n').map((line) => `    ${line}`)].join('\n')
  })
  const left = failures.length - told.length
  return ['── what failed', ...told, ...(left > 0 ? [`… ${left} failures more`] : [])].join('\n\n')
}
