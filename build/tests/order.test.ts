// The order of the test files: its ranks, and that the files that it names exist.

import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { LONG, rankOf } from './order'

const root = path.resolve(import.meta.dirname, '../..')

test('the long files come first, then the whole product, then the unit tests', () => {
  const files: [string, string][] = [
    ['unit', '/tree/shared/a.test.ts'],
    ['whole', '/tree/e2e/cli.test.ts'],
    ['whole', '/tree/e2e/lifetimes.test.ts'],
    ['whole', '/tree/e2e/faults.test.ts'],
  ]
  const sorted = files.toSorted((a, b) => rankOf(...a) - rankOf(...b)).map(([, file]) => path.basename(file))
  expect(sorted).toEqual(['faults.test.ts', 'lifetimes.test.ts', 'cli.test.ts', 'a.test.ts'])
})

test.each(LONG)('%s exists', (name) => {
  expect(existsSync(path.join(root, name))).toBe(true)
})
