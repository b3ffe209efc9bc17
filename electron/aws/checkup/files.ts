// Looks at AWS's two files for a person who wants to know what is wrong in them: every broken line, not only the first.
//
// It also finds names of sections that do not exist, such as a source_profile that is missing. It reads and never writes. The parser is
// ini.ts, which every look-up of credentials uses.

import type { FileFinding, FileProblem } from '../../../shared/examination'
import { asError } from '../../../shared/errors'
import { BrokenText, configSections, decodeText, mergeSections, parseIni, type Sections } from '../profiles/ini'
import { FILE_VARIABLES, profileFiles } from '../profiles/profiles'
import { FileFault, readUserFile } from '../profiles/userfile'

/** A file of another format has a problem in every line. */
const MAX_PROBLEMS = 10

/** More profiles than any person has. */
const MAX_NAMES = 10_000

/** Names in a profile, each with the beginning of the section that has to exist. */
const REFERENCES: Readonly<Record<string, string>> = {
  source_profile: '',
  sso_session: 'sso-session.',
  services: 'services.',
}

interface ReadFile {
  readonly finding: FileFinding
  readonly text: string
  readonly sections: Sections
}

const NO_SECTIONS: Sections = new Map()

/** Parses `text` again without each line that is broken, until the rest makes sense or there are too many. */
function brokenLines(text: string): { readonly problems: FileProblem[]; readonly sections: Sections } {
  const problems: FileProblem[] = []
  const lines = text.split(/\r?\n/)
  while (problems.length < MAX_PROBLEMS) {
    try {
      return { problems, sections: parseIni(lines.join('\n')) }
    } catch (error) {
      if (!(error instanceof BrokenText) || error.at === undefined) throw error
      problems.push(error.at)
      lines[error.at.line - 1] = ''
    }
  }
  return { problems, sections: NO_SECTIONS }
}

/** The names of sections without their types: "profile.prod" as "prod". */
function namesOf(sections: Sections): string[] {
  return [...sections.keys()].slice(0, MAX_NAMES).map((name) => name.replace(/^(?:profile|sso-session|services)\./, ''))
}

async function readOne(path: string, variable: string): Promise<ReadFile> {
  const finding = { path, variable, state: 'read' } as const
  try {
    const text = decodeText(await readUserFile(path))
    const { problems, sections } = brokenLines(text)
    return { finding: { ...finding, problems, names: namesOf(sections) }, text, sections }
  } catch (error) {
    if (error instanceof FileFault && error.kind === 'missing') {
      return { finding: { path, variable, state: 'missing', problems: [], names: [] }, text: '', sections: NO_SECTIONS }
    }
    const known = error instanceof BrokenText || error instanceof FileFault
    const why = known ? `it ${error.message.replace(/\.$/, '')}` : asError(error).message
    return { finding: { ...finding, problems: [{ why }], names: [] }, text: '', sections: NO_SECTIONS }
  }
}

/** The names in `text` that lead to no section, with their lines. `sections` are those of both files. */
function deadReferences(text: string, sections: Sections): FileProblem[] {
  const problems: FileProblem[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, name = '', value = ''] =
      /^(source_profile|sso_session|services)\s*=\s*(\S[^#;]*?)\s*(?:\s[#;].*)?$/.exec(line) ?? []
    const prefix = REFERENCES[name]
    if (prefix === undefined || sections.has(prefix + value) || problems.length === MAX_PROBLEMS) continue
    problems.push({ line: index + 1, why: `${name} names a section that does not exist` })
  }
  return problems
}

/** Looks at both files: the config file, then the credentials file. A missing file is no problem. Never rejects. */
export async function examineFiles(env: NodeJS.ProcessEnv): Promise<readonly FileFinding[]> {
  const { configFilepath, filepath } = profileFiles(env)
  const [config, credentials] = await Promise.all([
    readOne(configFilepath, FILE_VARIABLES.config),
    readOne(filepath, FILE_VARIABLES.credentials),
  ])
  const isWhole = [config, credentials].every(({ finding }) => finding.problems.length === 0)
  // A section that could not be read would be missed here.
  if (!isWhole) return [config.finding, credentials.finding]
  const sections = mergeSections(configSections(config.sections), credentials.sections)
  return [config, credentials].map(({ finding, text }) => ({ ...finding, problems: deadReferences(text, sections) }))
}
