import { expect, test } from 'vitest'
import { requests } from '../../shared/api/requests'
import { parts } from '../../shared/schemas'
import { fontFamily } from '../fonts'
import { readFont } from './fonts'

test('fonts are read with commas between them, and the built-in one always comes last', () => {
  expect(readFont(' Fira Code ,, monospace ', () => true)).toEqual({ kind: 'value', value: 'Fira Code, monospace' })
  expect(fontFamily('Fira Code, monospace', 'Built In')).toBe('"Fira Code", monospace, Built In')
  expect(fontFamily('', 'Built In')).toBe('Built In')
})

test('what CSS would read as something else is refused here as in the core', () => {
  for (const text of ['a"b', "a'b", 'a;b', 'url(x)', 'a\\b', 'a\u0007b', '{}']) {
    expect(readFont(text, () => true).kind, text).toBe('refused')
    expect(requests['settings.set'].parameters(parts).safeParse({ terminalFont: text }).success, text).toBe(false)
  }
})

test('a font that is not installed is told, but not where another one of the list is', () => {
  const isThere = (name: string): boolean => name === 'Menlo'
  expect(readFont('Fira Code', isThere)).toMatchObject({
    kind: 'value',
    problem: expect.stringContaining('Fira Code is not'),
  })
  expect(readFont('Fira Code, Menlo', isThere)).toEqual({ kind: 'value', value: 'Fira Code, Menlo' })
})
