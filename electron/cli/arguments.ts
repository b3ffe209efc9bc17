// Parses a command line into a command and its arguments, or throws the sentence that says what is wrong with it.
//
// node:util's parseArgs splits the words. The rules are checked here, so that every mistake gets one sentence of one style.

import { parseArgs } from 'node:util'
import { MAX_REASON, reasonProblem } from '../../shared/environmentsettings'
import { AppError } from '../../shared/errors'
import { commands, commandsOf, isCommandName, optionsOf, specOf, type CommandName } from './commands/table'

/** A parsed command line. */
export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: CommandName; readonly args: Arguments }

function usage(message: string, command?: CommandName): AppError {
  return new AppError('usage', `${message}. See: culvert ${command === undefined ? '' : `${command} `}--help`)
}

/** A command's arguments, checked against the table. Asking for an argument that is not in the table is a fault of ours. */
export class Arguments {
  readonly #command: CommandName
  readonly #options: ReadonlyMap<string, readonly string[]>
  readonly #positionals: readonly string[]
  /** The words after `--`. */
  readonly rest: readonly string[]

  constructor(parts: {
    readonly command: CommandName
    readonly options: ReadonlyMap<string, readonly string[]>
    readonly positionals: readonly string[]
    readonly rest: readonly string[]
  }) {
    this.#command = parts.command
    this.#options = parts.options
    this.#positionals = parts.positionals
    this.rest = parts.rest
  }

  /** Whether a flag is given. */
  flag(name: string): boolean {
    return this.#options.has(name)
  }

  /** The value of an option, the last where it is given twice. */
  value(name: string): string | undefined {
    return this.#options.get(name)?.at(-1)
  }

  /** All values of an option. */
  list(name: string): readonly string[] {
    return this.#options.get(name) ?? []
  }

  /** A positional argument. */
  positional(index: number): string {
    const text = this.#positionals[index]
    if (text === undefined) throw new AppError('internal', `${this.#command} has no argument ${String(index)}.`)
    return text
  }

  /** The positional argument that may be left out. */
  get optional(): string | undefined {
    return this.#positionals[specOf(this.#command).positionals.length]
  }

  /** The positional arguments of which there may be any number. */
  get many(): readonly string[] {
    return this.#positionals.slice(specOf(this.#command).positionals.length)
  }

  /** A port number between 1 and 65535. Throws `usage`. */
  port(text: string, what: string): number {
    const port = Number(text)
    if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port
    throw usage(`${what} must be a port number between 1 and 65535, not "${text}"`, this.#command)
  }

  /** The port that an option gives. */
  portOption(name: string): number | undefined {
    const text = this.value(name)
    return text === undefined ? undefined : this.port(text, `--${name}`)
  }

  /** A usage error of this command. `message` has no full stop. */
  usage(message: string): AppError {
    return usage(message, this.#command)
  }
}

interface Found {
  readonly options: Map<string, string[]>
  readonly positionals: readonly string[]
  readonly rest: readonly string[] | undefined
}

function known(command: CommandName | undefined): ReadonlyMap<string, 'flag' | 'value' | 'list'> {
  return new Map(optionsOf(command).map(({ name, kind }) => [name, kind]))
}

/** Splits the words. Knows which options of other commands take a value too, so that no value counts as a word. */
function split(argv: readonly string[], command: CommandName | undefined): Found {
  const all = new Map([undefined, ...Object.keys(commands).filter(isCommandName)].flatMap((name) => [...known(name)]))
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        [...all].map(([name, kind]) => [name, { type: kind === 'flag' ? ('boolean' as const) : ('string' as const) }]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const options = new Map<string, string[]>()
  const positionals: string[] = []
  let rest: string[] | undefined
  for (const token of tokens) {
    if (token.kind === 'option-terminator') rest = []
    else if (token.kind === 'positional') (rest ?? positionals).push(token.value)
    else {
      const kind = known(command).get(token.name)
      if (kind === undefined) {
        const where = command === undefined ? '' : ` for ${command}`
        throw usage(`There is no option ${token.rawName}${where}`, command)
      }
      if (kind === 'flag') {
        if (token.value !== undefined) throw usage(`${token.rawName} takes no value`, command)
        options.set(token.name, [])
        continue
      }
      // "--region --json" is a forgotten value rather than a region of that name; "--region=--json" would be one. "-" is stdin.
      const { value = '', inlineValue } = token
      if (value === '' || (inlineValue !== true && value.startsWith('-') && value !== '-')) {
        throw usage(`${token.rawName} needs a value`, command)
      }
      options.set(token.name, [...(options.get(token.name) ?? []), value])
    }
  }
  return { options, positionals, rest }
}

/** The first two words that are neither options nor values of the options that all commands have. */
function commandWords(argv: readonly string[]): readonly string[] {
  const values = new Set(optionsOf(undefined).flatMap(({ name, kind }) => (kind === 'flag' ? [] : [`--${name}`])))
  const words: string[] = []
  for (let index = 0; index < argv.length && words.length < 2; index += 1) {
    const word = argv[index]
    if (word === undefined || word === '--') break
    if (values.has(word)) index += 1
    else if (!word.startsWith('-')) words.push(word)
  }
  return words
}

/** The command that the words name, of one word or two; undefined where there is no word. Throws `usage` for any other. */
function commandOf(argv: readonly string[]): CommandName | undefined {
  const [first, second] = commandWords(argv)
  if (first === undefined) return undefined
  const both = `${first} ${second ?? ''}`
  if (isCommandName(both)) return both
  if (isCommandName(first)) return first
  const members = commandsOf(first).map((name) => name.slice(first.length + 1))
  if (members.length === 0) throw usage(`There is no command "${first}"`)
  throw usage(`${first} is followed by ${members.slice(0, -1).join(', ')} or ${members.at(-1) ?? ''}`)
}

function checkCount(command: CommandName, found: Found): void {
  const { positionals, optional, many, rest, optionalRest } = specOf(command)
  const missing = positionals[found.positionals.length]
  if (missing !== undefined) throw usage(`${command} needs ${missing}`, command)
  const [next, after] = found.positionals.slice(positionals.length)
  // A name in capitals stands for any word, another optional for itself.
  const isOptional = optional !== undefined && next !== undefined && (/^[A-Z]+$/.test(optional) || next === optional)
  const extra = isOptional ? after : next
  if (extra !== undefined && many === undefined) {
    const hint = (rest ?? optionalRest) === undefined ? '' : `; put -- before the command to run`
    throw usage(`${command} does not take "${extra}"${hint}`, command)
  }
  if (rest !== undefined && (found.rest === undefined || found.rest.length === 0)) {
    throw usage(`${command} needs -- and a command to run`, command)
  }
  if ((rest ?? optionalRest) === undefined && found.rest !== undefined && found.rest.length > 0) {
    throw usage(`${command} takes nothing after --`, command)
  }
}

/** Reads a command line without the program's name. Throws `usage`. */
export function parseCommandLine(argv: readonly string[]): Invocation {
  if (commandWords(argv)[0] === 'help') {
    return { kind: 'help', command: commandOf(argv.filter((text) => text !== 'help')) }
  }
  const word = commandOf(argv)
  const found = split(argv, word)
  if (found.options.has('help')) return { kind: 'help', command: word }
  if (found.options.has('version')) return { kind: 'version' }
  if (word === undefined) {
    if (argv.length === 0) return { kind: 'help', command: undefined }
    throw usage('Name a command')
  }
  const own = { ...found, positionals: found.positionals.slice(word.split(' ').length) }
  checkCount(word, own)
  const reason = found.options.get('reason')?.at(-1)
  if (reason !== undefined && reason.length > MAX_REASON) {
    throw usage(`--reason may have at most ${String(MAX_REASON)} characters`, word)
  }
  if (reason !== undefined && reasonProblem(reason) !== undefined)
    throw usage('--reason must be one line of text', word)
  const args = new Arguments({ command: word, ...own, rest: own.rest ?? [] })
  return { kind: 'run', command: word, args }
}
