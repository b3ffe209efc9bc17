import { expect, test } from 'vitest'
import { requests } from '../../shared/api/requests'
import { parts } from '../../shared/schemas'
import { SETTING_RANGES, defaultSettings, type NumberSetting } from '../../shared/settings'
import { readSetting } from './numbers'

const read = (name: NumberSetting, text: string) => readSetting(name, text, defaultSettings)

test('a number is read within its range, which is what the core takes', () => {
  expect(read('holdSeconds', ' 0 ')).toEqual({ kind: 'value', value: 0 })
  expect(read('resumeMinutes', '60')).toEqual({ kind: 'value', value: 60 })
  expect(read('scrollbackLines', '100000')).toEqual({ kind: 'value', value: 100_000 })
  for (const text of ['', '-1', '301', '1.5', '1e2', 'soon']) {
    expect(read('holdSeconds', text)).toEqual({ kind: 'refused', sentence: 'Enter a whole number from 0 to 300.' })
  }
  for (const name of Object.keys(SETTING_RANGES) as NumberSetting[]) {
    const [from, to] = SETTING_RANGES[name]
    const taken = [from - 1, from, to, to + 1].map(
      (value) => requests['settings.set'].parameters(parts).safeParse({ [name]: value }).success,
    )
    expect(taken, name).toEqual([false, true, true, false])
  }
})

test('a ping must have the time to be answered, whichever of the two numbers is typed', () => {
  expect(read('pingSeconds', '40')).toEqual({ kind: 'value', value: 40 })
  expect(read('pingSeconds', '41')).toMatchObject({ sentence: expect.stringContaining('enter 40 or less') })
  expect(read('deadSeconds', '25')).toEqual({ kind: 'value', value: 25 })
  expect(read('deadSeconds', '24')).toMatchObject({ sentence: expect.stringContaining('enter 25 or more') })
})
