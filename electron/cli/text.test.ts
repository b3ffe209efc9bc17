import { expect, test } from 'vitest'
import { AppError } from '../../shared/errors'
import { errorLine, exitStatusOf, foreignWords, wordLine } from './text'

test('an error is one line with its code, whatever its message holds', () => {
  expect(errorLine(new AppError('agent-offline', 'The SSM agent on i-1\nis \u001b[31mnot connected.'))).toBe(
    'culvert: agent-offline: The SSM agent on i-1 is ⟨U+001B⟩[31mnot connected.\n',
  )
  expect(errorLine('odd')).toBe('culvert: internal: Something went wrong inside Culvert (odd).\n')
})

test('a wrong command line exits with 2, everything else with 1', () => {
  expect(exitStatusOf(new AppError('usage', ''))).toBe(2)
  expect(exitStatusOf(new AppError('network', ''))).toBe(1)
  expect(exitStatusOf(new Error('x'))).toBe(1)
})

test('what somebody else says is told on one line, with marks for what does not show', () => {
  expect(wordLine(' a\r\n\tb\u2028ü🙂\u0000 ')).toBe('culvert: a b ü🙂⟨U+0000⟩\n')
})

test('what somebody else says is told without its secrets, also where it is cut', () => {
  const secret = 'AKIAIOSFODNN7EXAMPLE'
  expect(wordLine(`bad key ${secret}\nused`)).toBe('culvert: bad key AKIA[redacted] used\n')
  const cut = foreignWords(`${'x'.repeat(90)} ${secret}`, 100)
  expect(cut).toBe(`${'x'.repeat(90)} AKIA[reda…`)
  expect(wordLine('y '.repeat(1_000_000)).length).toBeLessThan(2_200)
})
