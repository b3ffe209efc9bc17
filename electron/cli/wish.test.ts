import { expect, test } from 'vitest'
import { parseCommandLine } from './arguments'
import { wishOf } from './context'

function wish(...words: readonly string[]) {
  const invocation = parseCommandLine(['shell', 'Name=web-*', ...words])
  if (invocation.kind !== 'run') throw new Error('it runs')
  return wishOf(invocation.args)
}

test('the options say how the host of a set is chosen', () => {
  expect(wish()).toEqual({})
  expect(wish('--choose', 'newest')).toEqual({ choice: 'newest' })
  expect(wish('--host-id', 'i-01234567')).toEqual({ hostId: 'i-01234567' })
})

test('a choice that there is not, a host that is no id, and both at once are refused', () => {
  expect(() => wish('--choose', 'first')).toThrow(
    '--choose takes random, sticky, newest, not "first". See: culvert shell',
  )
  expect(() => wish('--host-id', 'web-1')).toThrow('--host-id takes an instance id, not "web-1"')
  expect(() => wish('--host-id', 'i-01234567', '--choose', 'sticky')).toThrow('--host-id names the host')
})
