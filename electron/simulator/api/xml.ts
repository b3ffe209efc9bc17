// The Query protocol: form parameters in, XML out. Pure.

/** An XML element's content: text, children by name, or a list whose items become `<item>`. */
export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml }

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function render(name: string, value: Xml): string {
  if (value === undefined) return ''
  if (typeof value !== 'object') return `<${name}>${escapeXml(String(value))}</${name}>`
  return `<${name}>${inner(value)}</${name}>`
}

function inner(value: object): string {
  if (Array.isArray(value)) return value.map((item: Xml) => render('item', item)).join('')
  return Object.entries(value)
    .map(([name, child]: [string, Xml]) => render(name, child))
    .join('')
}

/** Writes a document. Undefined children are left out; text is escaped. */
export function writeXml(
  root: string,
  namespace: string | undefined,
  children: { readonly [name: string]: Xml },
): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${namespace}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${inner(children)}</${root}>`
}

/** The values of `prefix.1`, `prefix.2`, … in their order. */
export function listOf(form: URLSearchParams, prefix: string): string[] {
  const values: string[] = []
  for (let index = 1; ; index += 1) {
    const value = form.get(`${prefix}.${index}`)
    if (value === null) return values
    values.push(value)
  }
}
