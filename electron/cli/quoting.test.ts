import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeSentinel, quoteWord, quoteWords, wrapCommand } from './quoting'
import { SentinelFilter } from './sentinel'

/**
 * google/shlex once more, from its state table: what the agent splits a command with. Unlike a shell, it drops every
 * backslash inside double quotes, and a # begins a comment only where a word could begin.
 */
function splitAsTheAgent(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let state: 'start' | 'word' | 'escape' | 'escape-quoted' | 'double' | 'single' | 'comment' = 'start'
  for (const char of line) {
    const isSpace = ' \t\r\n'.includes(char)
    switch (state) {
      case 'start':
        if (isSpace) break
        if (char === '#') state = 'comment'
        else if (char === '"') [state, word] = ['double', '']
        else if (char === "'") [state, word] = ['single', '']
        else if (char === '\\') [state, word] = ['escape', '']
        else [state, word] = ['word', char]
        break
      case 'word':
        if (isSpace) {
          words.push(word!)
          ;[state, word] = ['start', undefined]
        } else if (char === '"') state = 'double'
        else if (char === "'") state = 'single'
        else if (char === '\\') state = 'escape'
        else word += char
        break
      case 'escape':
        ;[state, word] = ['word', word! + char]
        break
      case 'escape-quoted':
        ;[state, word] = ['double', word! + char]
        break
      case 'double':
        if (char === '"') state = 'word'
        else if (char === '\\') state = 'escape-quoted'
        else word += char
        break
      case 'single':
        if (char === "'") state = 'word'
        else word += char
        break
      case 'comment':
        if (char === '\n') state = 'start'
        break
    }
  }
  if (state !== 'word' && state !== 'start' && state !== 'comment') throw new Error(`unbalanced: ${state}`)
  return word === undefined ? words : [...words, word]
}

const nasty = [
  '',
  ' ',
  'two words',
  "it's",
  "''",
  '"double"',
  String.raw`back\slash\\`,
  '$HOME `id` $(id) ${x} $?',
  'line\nbreak\r\n',
  'tab\there',
  '#comment',
  '!history',
  '*?[a-z]~',
  ';&|<>()',
  '-n',
  '--',
  'ünïcödé 日本語 🙂',
  '{{ ssm:secret }} {{{ {{{{',
  '%s%d\\n',
]

describe('quoted words', () => {
  test('come back from a real shell as they were', () => {
    const script = `printf '%s\\0' ${quoteWords(nasty)}`
    const { stdout } = spawnSync('sh', ['-c', script])
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(nasty)
  })

  test("come back from the agent's splitter as they were", () => {
    expect(splitAsTheAgent(quoteWords(nasty))).toEqual(nasty)
  })

  test('come back from both as they were, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
          { minLength: 1 },
        ),
        (words) => {
          expect(splitAsTheAgent(quoteWords(words))).toEqual(words)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('never hold two braces in a row, which Systems Manager would substitute', () => {
    expect(quoteWord('{{x}} {{{{')).not.toContain('{{')
  })
})

describe('a wrapped command', () => {
  /** Runs as the agent does: splits, then executes the words without a shell, both streams into one file. */
  function run(words: string[]): { output: string; status: number | undefined } {
    const sentinel = makeSentinel()
    const [program, ...args] = splitAsTheAgent(wrapCommand(words, sentinel))
    const { stdout, stderr } = spawnSync(program!, args)
    const filter = new SentinelFilter(sentinel)
    const output = filter.push(Buffer.concat([stdout, stderr])).toString()
    return { output, status: filter.status }
  }

  test('passes every argument as it is', () => {
    const { output, status } = run(['printf', String.raw`%s\n`, ...nasty])
    expect(output).toBe(nasty.map((word) => `${word}\n`).join(''))
    expect(status).toBe(0)
  })

  test.each([0, 1, 3, 127, 255])('tells exit status %i', (status) => {
    expect(run(['sh', '-c', `exit ${status}`])).toEqual({ output: '', status })
  })

  test('tells the status of shell builtins that would end the shell', () => {
    expect(run(['exit', '7']).status).toBe(7)
    expect(run(['exec', 'sh', '-c', 'echo hi; exit 9'])).toEqual({ output: 'hi\n', status: 9 })
  })

  test('tells 127 for a program that does not exist and 128+n for a signal', () => {
    expect(run(['no-such-program']).status).toBe(127)
    expect(run(['sh', '-c', 'kill -TERM $$']).status).toBe(143)
  })

  test('adds nothing to output without a line break at its end, nor to none', () => {
    expect(run(['printf', 'x'])).toEqual({ output: 'x', status: 0 })
    expect(run(['true'])).toEqual({ output: '', status: 0 })
  })

  test('is not fooled by a command that prints its own command line', () => {
    const { output, status } = run(['sh', '-c', 'tr "\\0" " " < /proc/$PPID/cmdline'])
    expect(output).toContain('printf')
    expect(status).toBe(0)
  })

  test('holds no control character, which a document might refuse', () => {
    expect(wrapCommand(['ls'], makeSentinel())).not.toMatch(/\p{Cc}/u)
  })

  test('has another sentinel each time', () => {
    expect(makeSentinel()).not.toEqual(makeSentinel())
  })
})
