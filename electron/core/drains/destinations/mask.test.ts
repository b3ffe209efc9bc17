import { expect, test } from 'vitest'
import { masked } from './mask'

test('secrets are taken out of what a destination says, whole and in their parts', () => {
  const secrets = { authorization: 'Bearer 0123456789', password: 'p@ss', apiKey: '' }
  expect(masked('refused: Bearer 0123456789', secrets)).toBe('refused: ***')
  expect(masked('the token 0123456789 is old, so is p@ss', secrets)).toBe('the token *** is old, so is ***')
  expect(masked('Basic YWxpY2U6cEBzcw== is wrong', secrets, 'Basic YWxpY2U6cEBzcw==')).toBe('*** is wrong')
  expect(masked('Bearer tokens only', secrets)).toBe('Bearer tokens only')
})
