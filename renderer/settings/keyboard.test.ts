import { expect, test } from 'vitest'
import { actionsOf, chordsOf } from '../keys'
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
  expect(paletteKeys('linux')).toEqual([
    ['Ctrl', 'K'],
    ['Ctrl', 'Shift', 'P'],
  ])
})

test('the list is complete: every key of the page stands in it', () => {
  for (const platform of ['mac', 'windows', 'linux'] as const) {
    const listed = new Set(keyGroups(platform).flatMap(({ lines }) => lines.flatMap(({ keys }) => keys.map(String))))
    // The list names only the keys of the first and the ninth tab.
    const actions = actionsOf(platform).filter((action) => !/^tab-[2-8]$/.test(action))
    // Plus and minus have several keys on a keyboard; the list names one of them.
    const isListed = (chord: readonly string[]): boolean => listed.has(String(chord))
    const missing = actions.filter((action) => {
      const chords = chordsOf(action, platform)
      return action.startsWith('font-') ? !chords.some(isListed) : !chords.every(isListed)
    })
    expect([platform, missing]).toEqual([platform, []])
  }
})
