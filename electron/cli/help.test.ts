import { expect, test } from 'vitest'
import { commands, isCommandName, optionsOf } from './commands/table'
import { helpText } from './help'

const names = Object.keys(commands).filter(isCommandName)

test('help names every command, and the help of a command each of its options', () => {
  for (const name of names) {
    expect(helpText(undefined)).toContain(`  ${name} `)
    for (const option of optionsOf(name)) expect(helpText(name)).toContain(`--${option.name}`)
  }
})

test('help fits a terminal of 120 columns and ends with one line break', () => {
  for (const text of [undefined, ...names].map(helpText)) {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
    expect(text).toMatch(/[^\n]\n$/)
  }
})
