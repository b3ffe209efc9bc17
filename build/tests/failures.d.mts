/** What failed, where it stands and what it said, cut to a size that can be read. */
export interface Failure {
  readonly name: string
  readonly file: string | undefined
  readonly output: string
}
/** What a suite's report says. */
export interface SuiteResult {
  readonly passed: number
  readonly failures: readonly Failure[]
}
/** Appends a piece of output to what is kept of it: its end. */
export function keep(kept: string, piece: string): string
/** The failure of a program that has no report: the last lines of what it printed. */
export function failureOf(name: string, output: string): Failure
/** Reads a report of Vitest's JSON reporter and what its default reporter printed. Paths become relative to `root`. */
export function unitResult(json: unknown, root: string, output: string): SuiteResult
/** Reads a report of Playwright's JSON reporter. Paths become relative to `root`. */
export function journeyResult(json: unknown, root: string): SuiteResult
/** All failures as one text; an empty one when there are none. */
export function describeFailures(failures: readonly Failure[]): string
