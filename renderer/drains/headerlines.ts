// The field of a drain's headers: one header per line, `X-Team: payments`. Pure.

import { HEADER_NAME, HEADER_VALUE, headerProblem } from '../../shared/drainrules'

interface HeaderLine {
  readonly name: string
  readonly value: string
}

/** Undefined: the line has no colon. Empty lines are left out. */
function headerLines(text: string): readonly (HeaderLine | undefined)[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const colon = line.indexOf(':')
      return colon === -1 ? undefined : { name: line.slice(0, colon), value: line.slice(colon + 1).trim() }
    })
}

/** The problem of a text with one header per line; undefined if it has none. */
export function headersProblem(text: string): string | undefined {
  for (const line of headerLines(text)) {
    if (line === undefined || !HEADER_NAME.test(line.name) || !HEADER_VALUE.test(line.value))
      return 'Enter one header per line, such as X-Team: payments.'
    const problem = headerProblem(line.name)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** The headers of a text that has no problem. */
export function readHeaders(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(headerLines(text).flatMap((line) => (line === undefined ? [] : [[line.name, line.value]])))
}
