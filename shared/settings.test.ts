import { expect, test } from 'vitest'
import { HUES, hueOf } from './settings'

test('an environment has the colour that a person gave it, else one that follows from its name', () => {
  expect(hueOf('acme-prod', { environmentHues: { 'acme-prod': 'red' } })).toBe('red')
  expect(hueOf('acme-prod', { environmentHues: {} })).toBe(hueOf('acme-prod', { environmentHues: { other: 'red' } }))
  // `constructor` is a property of every object and must not be taken for a stored colour.
  expect(HUES).toContain(hueOf('constructor', { environmentHues: {} }))
})

test('names take all colours in use, and names that differ in their end differ in colour', () => {
  const names = Array.from({ length: 400 }, (_, index) => `acme-${index}`)
  const used = new Map<string, number>()
  for (const name of names) {
    const hue = hueOf(name, { environmentHues: {} })
    used.set(hue, (used.get(hue) ?? 0) + 1)
  }
  expect([...used.keys()].toSorted()).toEqual([...HUES].toSorted())
  expect(Math.max(...used.values())).toBeLessThan(100)
})
