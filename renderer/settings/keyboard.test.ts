import { expect, test } from 'vitest'
import { keyGroups } from './keyboard'

test('every line of the list has keys, on every system', () => {
  for (const platform of ['mac', 'windows', 'linux'] as const) {
    const lines = keyGroups(platform).flatMap((group) => group.lines)
    const empty = lines.filter(({ keys }) => keys.length === 0 || keys.some((chord) => chord.length === 0))
    expect([platform, empty]).toEqual([platform, []])
  }
})

test('the palette opens with the command key of the system', () => {
  const paletteKeys = (platform: 'mac' | 'linux'): unknown => keyGroups(platform)[0]?.lines[0]?.keys
  expect(paletteKeys('mac')).toEqual([['⌘', 'K']])
  expect(paletteKeys('linux')).toEqual([['Ctrl', 'K']])
})
