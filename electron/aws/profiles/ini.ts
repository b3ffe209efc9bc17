// Parses the text of ~/.aws/config and ~/.aws/credentials as the SDK does, but refuses a broken line and names it.
//
//   [section]            [profile NAME]  [sso-session NAME]  [services NAME]
//   name = value         a value that is absent opens a group:
//   group =
//     name = value       → "group.name"
//
// The SDK skips what it does not understand: the keys below "[profile prod" then belong to the section above, which is another
// account. AWS's command line refuses such lines, and so do we. Pure. Source: @smithy/core parseIni, getConfigData; AWS SDKs
// and Tools reference, "Shared config and credentials files".

/** Names to values of one section. */
export type Section = Readonly<Record<string, string | undefined>>

/** Sections by name; those with a type as "sso-session.NAME". Sections without any value are left out. */
export type Sections = ReadonlyMap<string, Section>

/** The fault in a file's text, as the end of a sentence that begins with its path. */
export class BrokenText extends Error {
  /** The broken line, counted from 1, and what is wrong with it; undefined where the file as a whole is. */
  readonly at: { readonly line: number; readonly why: string } | undefined

  constructor(why: string, at?: BrokenText['at']) {
    super(why)
    this.name = 'BrokenText'
    this.at = at
  }
}

/** "profile NAME", or the name in quotes. The AWS CLI takes any text in quotes; the SDK takes no blanks there. */
const TYPED_NAME = /^([\w-]+)\s(?:([\w\-@+.%:/]+)|"([^"]+)"|'([^']+)')$/
const TYPES = ['profile', 'sso-session', 'services']

const UTF_16_MARKS = ['fffe', 'feff']

/** The line of the first control character that no text has; undefined without one. */
function binaryLine(bytes: Uint8Array): number | undefined {
  let line = 1
  for (const byte of bytes) {
    if (byte === 0x0a) line += 1
    // 9 to 13 are tabs and ends of lines and pages.
    else if (byte < 9 || (byte > 13 && byte < 32)) return line
  }
  return undefined
}

/** The file's text. Throws `BrokenText` for UTF-16 and for binary data. */
export function decodeText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (UTF_16_MARKS.includes(buffer.toString('hex', 0, 2))) {
    throw new BrokenText('is saved as UTF-16, which no tool of AWS reads: save it as UTF-8.')
  }
  // Some editors write a byte order mark. AWS's command line fails on it; the SDK accepts it.
  const text = buffer.toString('utf8').replace(/^\uFEFF/, '')
  const line = binaryLine(buffer)
  if (line !== undefined) {
    throw new BrokenText(`is broken at line ${line} (it holds binary data): save it as plain text in UTF-8.`)
  }
  return text
}

/** The name that a section is kept under; undefined for a section of unknown type. */
function sectionName(written: string): string | undefined {
  const [, type, bare, inDouble, inSingle] = TYPED_NAME.exec(written) ?? []
  const name = bare ?? inDouble ?? inSingle
  if (type === undefined || name === undefined) return written
  return TYPES.includes(type) ? `${type}.${name}` : undefined
}

/** Parses a file's text. Throws `BrokenText` with the number of the first line that makes no sense; never quotes it. */
export function parseIni(text: string): Sections {
  const sections = new Map<string, Map<string, string>>()
  let isBeforeFirst = true
  let section: string | undefined
  let group: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = (line.split(/(?:^|\s)[;#]/)[0] ?? '').trim()
    const refuse = (why: string): BrokenText =>
      new BrokenText(`is broken at line ${index + 1} (${why}): correct that line.`, { line: index + 1, why })
    if (content === '') continue
    // An indented line may continue a value, which may be any text.
    const isIndented = /^\s/.test(line)
    if (content.startsWith('[') && content.endsWith(']')) {
      const written = content.slice(1, -1)
      if (written.trim() === '') throw refuse('the section has no name')
      isBeforeFirst = false
      section = sectionName(written)
      group = undefined
      continue
    }
    if (content.startsWith('[') && !isIndented) throw refuse('the section has no closing ]')
    if (isBeforeFirst) throw refuse('it stands before the first [section]')
    const end = content.indexOf('=')
    // AWS's command line accepts "name: value"; no SDK does.
    if (end === 0 || (end === -1 && !isIndented && !content.includes(':'))) throw refuse('it is not "name = value"')
    if (section === undefined || end === -1) continue
    const name = content.slice(0, end).trim()
    const value = content.slice(end + 1).trim()
    if (value === '') {
      group = name
      continue
    }
    if (!isIndented) group = undefined
    const values = sections.get(section) ?? new Map<string, string>()
    sections.set(section, values)
    values.set(group === undefined ? name : `${group}.${name}`, value)
  }
  return new Map([...sections].map(([name, values]) => [name, Object.fromEntries(values)]))
}

/** The sections of the config file under the names that the credentials file uses: "profile.NAME" as "NAME". */
export function configSections(parsed: Sections): Sections {
  const sections = new Map<string, Section>()
  const unnamed = parsed.get('default')
  if (unnamed !== undefined) sections.set('default', unnamed)
  for (const [name, values] of parsed) {
    const type = TYPES.find((known) => name.startsWith(`${known}.`))
    if (type !== undefined) sections.set(type === 'profile' ? name.slice('profile.'.length) : name, values)
  }
  return sections
}

/** Merges the sections of both files. Values of the second win. */
export function mergeSections(config: Sections, credentials: Sections): Sections {
  const merged = new Map(config)
  for (const [name, values] of credentials) merged.set(name, { ...merged.get(name), ...values })
  return merged
}
