// The parameters of a session document as one line of text: `site=orders; zone=eu`, or JSON as the AWS CLI takes it.
//
// A name that comes twice has a list of values. A line that cannot say a value (one with a semicolon) is written as JSON.

type Parameters = Readonly<Record<string, readonly string[]>>

/** The message for a text that `readParameters` does not accept. */
export const PARAMETERS_PROBLEM = 'Enter name=value; name=value, or JSON such as {"site":["orders"]}.'

/** Reads the text; undefined where it is malformed. An empty text is no parameter. */
export function readParameters(text: string): Parameters | undefined {
  if (text.trim().startsWith('{')) return readJson(text)
  const found = new Map<string, string[]>()
  for (const part of text.split(';').map((each) => each.trim())) {
    if (part === '') continue
    const [name = '', ...rest] = part.split('=')
    if (name.trim() === '' || rest.length === 0) return undefined
    add(found, name.trim(), rest.join('=').trim())
  }
  return Object.fromEntries(found)
}

/** Writes parameters so that `readParameters` reads them back. */
export function parametersText(parameters: Parameters): string {
  const pairs = Object.entries(parameters).flatMap(([name, values]) => values.map((value) => [name, value] as const))
  const isPlain = pairs.every(([name, value]) => name !== '' && !/[=;{]|^\s|\s$/.test(name) && !/;|^\s|\s$/.test(value))
  return isPlain ? pairs.map(([name, value]) => `${name}=${value}`).join('; ') : JSON.stringify(parameters)
}

/** The value of one parameter in the text; "" where it has none. Values of a list are separated by commas. */
export function valueIn(text: string, name: string): string {
  const parameters = readParameters(text) ?? {}
  return Object.hasOwn(parameters, name) ? (parameters[name] ?? []).join(',') : ''
}

/** The text with the value of one parameter changed; an empty value removes it. */
export function withValue(
  text: string,
  name: string,
  value: { readonly text: string; readonly isList: boolean },
): string {
  const others = Object.entries(readParameters(text) ?? {}).filter(([each]) => each !== name)
  const values = value.isList ? value.text.split(',') : [value.text]
  return parametersText(Object.fromEntries(value.text === '' ? others : [...others, [name, values]]))
}

function add(found: Map<string, string[]>, name: string, value: string): void {
  found.set(name, [...(found.get(name) ?? []), value])
}

function readJson(text: string): Parameters | undefined {
  const found = new Map<string, string[]>()
  try {
    const whole: unknown = JSON.parse(text)
    if (typeof whole !== 'object' || whole === null) return undefined
    for (const [name, values] of Object.entries(whole)) {
      const list: readonly unknown[] = Array.isArray(values) ? values : [values]
      if (list.length === 0) return undefined
      for (const value of list) {
        if (typeof value !== 'string') return undefined
        add(found, name, value)
      }
    }
  } catch {
    return undefined
  }
  return Object.fromEntries(found)
}
