// A command line for AWS-StartNonInteractiveCommand that tells its exit status.
//
// The agent splits the parameter into words as a POSIX shell would (google/shlex), substitutes nothing and runs the words
// without a shell. The stock document sends neither an exit code nor stderr on its own. So a tiny sh runs the words
// behind it and prints, at the very end, a sentinel with the status:
//
//   sh -c '("$@"); printf '\''%s%s%d;'\'' '\''first half'\'' '\''second half'\'' "$?"' sh 'word' 'word' …
//
// "$@" passes the words as they are, so they are quoted once, for the agent's splitter only. The subshell keeps `exit`
// and `exec` in the words from ending the sh before it has printed. The sentinel stands in the script in two halves, so
// that a command that prints its own command line (`ps`) does not print the sentinel.
// Source: amazon-ssm-agent agent/session/shell/shell_unix.go; specification §7.2.

import { randomBytes } from 'node:crypto'

/** The two halves that the script joins. */
export interface Sentinel {
  readonly first: string
  readonly second: string
}

/** A sentinel that no output contains by chance. Its beginning is odd enough that output seldom looks like it at all. */
export function makeSentinel(): Sentinel {
  return { first: `\u0001culvert:${randomBytes(8).toString('hex')}`, second: `${randomBytes(8).toString('hex')}:` }
}

/**
 * One word in single quotes, in which neither sh nor the agent's splitter reads anything. `{{` is written in two pieces,
 * because Systems Manager would take `{{ name }}` for one of its own parameters.
 */
export function quoteWord(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`).replace(/\{(?=\{)/g, "{''")}'`
}

/** Words as one command line that the agent splits into the same words. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

/**
 * The same for a container, whose commands run on a pseudoterminal: the words get no input, and a pipe for their output, so that they do not
 * take themselves for interactive.
 */
export function wrapInContainer(words: readonly string[], { first, second }: Sentinel): string {
  const format = String.raw`\001%s%s%d;`
  const end = `printf ${quoteWord(format)} ${quoteWord(first.slice(1))} ${quoteWord(second)} "$?"`
  const script = `{ ("$@") </dev/null 2>&1; ${end}; } | cat`
  return `sh -c ${quoteWord(script)} sh ${quoteWords(words)}`
}

/** The command line that runs `words` and prints the sentinel with their exit status. */
export function wrapCommand(words: readonly string[], { first, second }: Sentinel): string {
  // \001 is written as an escape: a control character in a parameter is refused by the service's pattern.
  const format = String.raw`\001%s%s%d;`
  const script = `("$@"); printf ${quoteWord(format)} ${quoteWord(first.slice(1))} ${quoteWord(second)} "$?"`
  return `sh -c ${quoteWord(script)} sh ${quoteWords(words)}`
}
