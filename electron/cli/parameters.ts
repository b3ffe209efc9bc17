// The value of --parameters: JSON as the AWS CLI takes it, or key=value[,value].

import type { Arguments } from './arguments'

type Fault = (text: string) => Error

function faultOf(args: Pick<Arguments, 'usage'>): Fault {
  return (text) =>
    args.usage(`--parameters must be JSON such as {"portNumber":["22"]}, or key=value[,value], not "${text}"`)
}

function asList(value: unknown, text: string, malformed: Fault): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) {
    return value.map((item: unknown) => {
      if (typeof item !== 'string') throw malformed(text)
      return item
    })
  }
  throw malformed(text)
}

function parseJson(text: string, whole: string, malformed: Fault): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(whole)
  }
}

/**
 * Reads every `--parameters`; later ones win. A string in JSON stands for a list of one. In `key=value[,value]` the first
 * `=` ends the key, each comma ends a value, and a value that starts with `[` is a JSON list. Throws `usage`.
 */
export function parseParameters(args: Pick<Arguments, 'list' | 'usage'>): Record<string, string[]> {
  const malformed = faultOf(args)
  const parameters = new Map<string, string[]>()
  for (const text of args.list('parameters')) {
    if (text.trimStart().startsWith('{')) {
      const json = parseJson(text, text, malformed)
      if (typeof json !== 'object' || json === null) throw malformed(text)
      for (const [key, value] of Object.entries(json)) parameters.set(key, asList(value, text, malformed))
      continue
    }
    const end = text.indexOf('=')
    if (end < 1) throw malformed(text)
    const value = text.slice(end + 1)
    parameters.set(
      text.slice(0, end),
      value.startsWith('[') ? asList(parseJson(value, text, malformed), text, malformed) : value.split(','),
    )
  }
  return Object.fromEntries(parameters)
}
