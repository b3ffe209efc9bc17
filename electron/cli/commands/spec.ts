// The form of a command and of its options in the table of commands. Types only.

/** One option. A `flag` takes no value, a `value` one, a `list` one each time it is given. */
export interface OptionSpec {
  readonly name: string
  readonly kind: 'flag' | 'value' | 'list'
  /** The placeholder of its value in the help. */
  readonly placeholder?: string
  readonly help: string
}

/** One command. */
export interface CommandSpec {
  readonly summary: string
  /** Names of its positional arguments; all are required. */
  readonly positionals: readonly string[]
  /** One more that may be left out: a name in capitals, or the word itself. */
  readonly optional?: string
  /** What it takes any number of behind these: a name in capitals. */
  readonly many?: string
  /** The words that it takes after `--`, which is then required. */
  readonly rest?: string
  /** The same, where they may be left out. */
  readonly optionalRest?: string
  /** Further lines of its help. */
  readonly notes: readonly string[]
  /** It opens no environment and has none of the options that name one, but for its own. */
  readonly isLocal?: true
  readonly options: readonly OptionSpec[]
}
