// The end of npm test: read from reports that the real Vitest and the real Playwright have just written.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeFailures, failureOf, journeyResult, keep, unitResult, type SuiteResult } from './failures.mjs'

const root = path.resolve(import.meta.dirname, '../..')
/** Each starts several processes, which takes its time on a loaded machine. */
const STARTS = { timeout: 120_000 }
let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'culvert-failures-')))
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Writes the files, runs a suite on them, and reads what its report says. */
async function resultOf(
  program: string,
  files: Readonly<Record<string, string>>,
  read: typeof unitResult,
): Promise<SuiteResult> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
  const report = path.join(folder, 'report.json')
  const args =
    program === 'vitest/vitest.mjs'
      ? ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      : ['test', '--reporter=json', '--workers=1']
  const child = spawn(process.execPath, [path.join(root, 'node_modules', program), ...args], {
    cwd: folder,
    // Nothing of the Vitest that runs this: a Vitest inside would take itself for a worker.
    env: { PATH: process.env['PATH'], HOME: folder, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => (output += piece))
  }
  await once(child, 'close')
  return read(JSON.parse(await readFile(report, 'utf8')), folder, output)
}

/** Name, file and the first line that was said. */
const short = ({ failures }: SuiteResult): string[] =>
  failures.map(({ name, file, output }) => `${name} | ${file} | ${output.split('\n')[0]}`).toSorted()

it(
  'a report of Vitest names each test that failed or was not run, and what failed outside of them',
  STARTS,
  async () => {
    const result = await resultOf(
      'vitest/vitest.mjs',
      {
        'a.test.ts': [
          "import { describe, expect, it } from 'vitest'",
          "it('passes', () => undefined)",
          "describe('sums', () => {",
          "  it('are wrong', () => expect([1 + 1], 'one and one').toEqual([3]))",
          "  it.skip('are not made', () => undefined)",
          '})',
        ].join('\n'),
        'b.test.ts': "throw new Error('no such file')",
        'c.test.ts': [
          "import { beforeAll, it } from 'vitest'",
          "beforeAll(() => Promise.reject(new Error('no such place')))",
          "it('stands there', () => undefined)",
        ].join('\n'),
      },
      unitResult,
    )
    expect(result.passed).toBe(1)
    expect(short(result)).toEqual([
      'stands there | c.test.ts | not run (skipped)',
      'sums > are not made | a.test.ts | not run (skipped)',
      'sums > are wrong | a.test.ts | AssertionError: one and one: expected [ 2 ] to deeply equal [ 3 ]',
      'the file itself | b.test.ts | no such file',
      'the file itself | c.test.ts | no such place',
    ])
    // The difference, and the place in the file.
    expect(result.failures.find(({ name }) => name === 'sums > are wrong')?.output).toMatch(
      /^-   3,\n\+   2,[\s\S]*a\.test\.ts:4:\d+/m,
    )
  },
)

it('a report of Playwright names each test that failed, passed at its second try or was not run', STARTS, async () => {
  const result = await resultOf(
    '@playwright/test/cli.js',
    {
      'a.spec.ts': [
        "import { expect, test } from '@playwright/test'",
        "test('passes', () => undefined)",
        "test.describe('sums', () => {",
        "  test('are wrong', () => expect(1 + 1, 'one and one').toBe(3))",
        "  test.skip('are not made', () => undefined)",
        '})',
        "test.describe('differences', () => {",
        '  test.describe.configure({ retries: 1 })',
        "  test('are right at last', ({}, { retry }) => expect(retry, 'the try').toBe(1))",
        '})',
      ].join('\n'),
    },
    journeyResult,
  )
  expect(result.passed).toBe(1)
  expect(short(result)).toEqual([
    'differences > are right at last | a.spec.ts | (flaky)',
    'sums > are not made | a.spec.ts | (skipped)',
    'sums > are wrong | a.spec.ts | (unexpected)',
  ])
  expect(result.failures.find(({ name }) => name === 'sums > are wrong')?.output).toMatch(
    /Error: one and one[\s\S]*a\.spec\.ts:4:\d+/,
  )
})

it('a report of Playwright names a file that cannot be loaded', STARTS, async () => {
  const files = {
    'a.spec.ts': "import { test } from '@playwright/test'\ntest('passes', () => undefined)",
    'b.spec.ts': "throw new Error('no such page')",
  }
  const result = await resultOf('@playwright/test/cli.js', files, journeyResult)
  expect(short(result)).toEqual(['outside of any test | b.spec.ts | Error: no such page'])
})

describe('what is told at the end', () => {
  it('is nothing when nothing failed', () => {
    expect(describeFailures([])).toBe('')
  })

  it('is each failure with its file and what it said, without colours', () => {
    const failure = failureOf('lint', '\u001b[31mbad\u001b[39m\r\n\n  line 3  \n')
    expect(describeFailures([failure, { name: 'a > b', file: 'x.test.ts', output: 'said' }])).toBe(
      '── what failed\n\n✗ lint\n    bad\n      line 3\n\n✗ a > b (x.test.ts)\n    said',
    )
  })

  it('is the end of a long output, the start of a long error, and the first of many failures', () => {
    const long = Array.from({ length: 200 }, (_, index) => `line ${index}`)
    expect(failureOf('lint', long.join('\n')).output.split('\n')).toEqual(long.slice(-40))

    const report = {
      testResults: Array.from({ length: 60 }, (_, index) => ({
        name: `/top/${index}.test.ts`,
        status: 'failed',
        message: '',
        assertionResults: [
          { ancestorTitles: [], title: `test ${index}`, status: 'failed', failureMessages: [long.join('\n')] },
        ],
      })),
    }
    const { failures } = unitResult(report, '/top', '')
    expect(failures[0]).toEqual({
      name: 'test 0',
      file: '0.test.ts',
      output: [...long.slice(0, 30), '… 170 lines more'].join('\n'),
    })
    const text = describeFailures(failures)
    expect(text).toContain('✗ test 39 (39.test.ts)')
    expect(text).not.toContain('✗ test 40')
    expect(text).toMatch(/… 20 failures more$/)

    expect(failureOf('lint', 'x'.repeat(100_000)).output).toBe(`${'x'.repeat(240)}…`)
    expect(keep('a'.repeat(65_536), 'b')).toBe(`${'a'.repeat(65_535)}b`)
  })
})
