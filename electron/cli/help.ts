// The text of --help, made from the table of commands.

import { commands, isCommandName, optionsOf, specOf, type CommandName } from './commands/table'
import type { OptionSpec } from './commands/spec'

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function optionRow({ name, placeholder, help }: OptionSpec): readonly [string, string] {
  return [placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`, help]
}

function usageOf(command: CommandName): string {
  const { positionals, optional, many, rest, optionalRest } = specOf(command)
  const words = [
    ...positionals,
    ...(optional === undefined ? [] : [`[${optional}]`]),
    ...(many === undefined ? [] : [`[${many}…]`]),
  ]
  return [
    'culvert',
    command,
    ...words,
    '[options]',
    ...(rest === undefined ? [] : ['--', rest]),
    ...(optionalRest === undefined ? [] : [`[-- ${optionalRest}]`]),
  ].join(' ')
}

/** The help of the program, or of one command. Ends with a line break. */
export function helpText(command: CommandName | undefined): string {
  const options = columns(optionsOf(command).map(optionRow))
  if (command !== undefined) {
    const { summary, notes } = specOf(command)
    return [`Usage: ${usageOf(command)}`, '', summary, ...notes, '', 'Options:', ...options, ''].join('\n')
  }
  const names = Object.keys(commands).filter(isCommandName)
  return [
    'Usage: culvert COMMAND [options]',
    '',
    'Tunnels and shells through AWS Session Manager.',
    '',
    'Commands:',
    ...columns(names.map((name) => [name, specOf(name).summary])),
    '',
    'Options of every command (of these up, down, credentials and connect take --help and --version, login --profile too):',
    ...options,
    '',
    'Exit status: 0 done, 1 an error (told on stderr with its code), 2 a wrong command line; exec: that of the command.',
    'See culvert COMMAND --help for the rest.',
    '',
  ].join('\n')
}
