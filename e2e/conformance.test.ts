// Every conformance check of the specification (§14) that this version covers has a test with the check's number.

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')

/** Checks of a later issue: the policy of many resume attempts (40 to 46). */
const later = [40, 41, 42, 43, 44, 45, 46]

/** Test files, and the groups of tests in e2e/kit/vectors that e2e/vectors.test.ts registers. */
function testFiles(): string[] {
  return ['electron', 'shared', 'renderer', 'e2e'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(test|spec)\.tsx?$|^kit[\\/]vectors[\\/]/.test(file))
      .map((file) => path.join(root, folder, file)),
  )
}

it('checks 1 to 39 each have a test that carries their number', () => {
  const numbers = new Set<number>()
  for (const file of testFiles()) {
    const source = readFileSync(file, 'utf8')
    for (const [, list] of source.matchAll(/\bit\(\s*[`'"]check ([\d, ]+):/g)) {
      for (const number of (list ?? '').split(',')) numbers.add(Number(number))
    }
  }
  const wanted = Array.from({ length: 46 }, (_, index) => index + 1).filter((number) => !later.includes(number))
  expect(wanted.filter((number) => !numbers.has(number))).toEqual([])
})
