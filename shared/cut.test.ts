import { expect, it } from 'vitest'
import { cutText, MAX_FOREIGN_CHARACTERS } from './cut'

it('leaves a text that fits as it is, and marks where a longer one was cut', () => {
  expect(cutText('short')).toBe('short')
  const exact = 'x'.repeat(MAX_FOREIGN_CHARACTERS)
  expect(cutText(exact)).toBe(exact)
  const cut = cutText(`${exact}y`)
  expect(cut).toHaveLength(MAX_FOREIGN_CHARACTERS)
  expect(cut).toMatch(/^x+ \[…\]$/)
})

it('cuts no character in two', () => {
  expect(cutText(`${'x'.repeat(5)}😀${'y'.repeat(10)}`, 10)).toBe('xxxxx […]')
})
