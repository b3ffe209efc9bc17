import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { findCommands, matchPieces, queryWords, type Command, type GroupName } from './search'

function command(group: GroupName, label: string, change: Partial<Command> = {}): Command {
  return { id: `${group} ${label}`, group, sign: 'up', label, verb: 'Run', run: () => undefined, ...change }
}

const commands = [
  command('Instances', 'my-web-9'),
  command('Instances', 'web-1', { hidden: 'i-0a3f9c2e71b4d8810' }),
  command('Forwards', 'intranet', { detail: 'via web-1', address: 'localhost:8080' }),
  command('Forwards', 'orders-db', { address: 'localhost:5432' }),
  command('Actions', 'New forward'),
  command('Settings', 'Use the dark theme'),
]

function found(query: string): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    findCommands(commands, query).map(({ name, commands: inGroup }) => [name, inGroup.map(({ label }) => label)]),
  )
}

test('commands are found by all that is said of them, those that begin with it first', () => {
  expect(found('WEB')).toEqual({ Instances: ['web-1', 'my-web-9'], Forwards: ['intranet'] })
  expect(found('5432')).toEqual({ Forwards: ['orders-db'] })
  expect(found('0a3f9c2e')).toEqual({ Instances: ['web-1'] })
  expect(found('web 8080')).toEqual({ Forwards: ['intranet'] })
  expect(found('nothing like it')).toEqual({})
})

test('a > asks for actions only', () => {
  expect(found('>')).toEqual({ Actions: ['New forward'], Settings: ['Use the dark theme'] })
  expect(found('> dark')).toEqual({ Settings: ['Use the dark theme'] })
})

test('no group drowns the others', () => {
  const many = Array.from({ length: 400 }, (_, index) => command('Instances', `web-${index}`))
  const groups = findCommands([...many, ...commands], 'web')
  expect(groups.map(({ name }) => name)).toEqual(['Instances', 'Forwards'])
  expect(groups[0]?.commands).toHaveLength(6)
})

test('matches are marked where they are, also where they overlap', () => {
  expect(matchPieces('web-1', ['web'])).toEqual([
    { text: 'web', isMatch: true },
    { text: '-1', isMatch: false },
  ])
  expect(matchPieces('banana', ['ana'])).toEqual([
    { text: 'b', isMatch: false },
    { text: 'anana', isMatch: true },
  ])
})

test('the pieces of any label join to that label', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (label, query) => {
      const pieces = matchPieces(label, queryWords(query))
      expect(pieces.map(({ text }) => text).join('')).toBe(label)
    }),
  )
})
