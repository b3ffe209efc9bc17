// The order in which Vitest takes the test files: so that no worker is idle while another one is still busy.
//
// Files that test the whole product come first, the longest of them at the start. The many short unit tests come last and fill every worker
// to the end. Vitest itself takes the files by their size where it has no times of an earlier run, as on a fresh clone.

import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longer than their size says, because the product waits in them: the longest first. */
export const LONG = ['e2e/faults.test.ts', 'e2e/lifetimes.test.ts', 'e2e/exhaustion.test.ts', 'e2e/expiry.test.ts']

/** The rank of a test file; a lower one runs earlier. Slashes of `file` are as on POSIX. */
export function rankOf(project: string, file: string): number {
  const place = LONG.findIndex((name) => file.endsWith(name))
  if (place !== -1) return place
  return project === 'whole' ? LONG.length : LONG.length + 1
}

/** Vitest's own order within each rank. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification): number => rankOf(project.name, moduleId)
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
