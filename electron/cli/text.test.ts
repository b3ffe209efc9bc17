import { expect, test } from 'vitest'
import { AppError } from '../../shared/errors'
import { errorLine, exitStatusOf, oneLine } from './text'

test('an error is one line with its code, whatever its message holds', () => {
  expect(errorLine(new AppError('agent-offline', 'The SSM agent on i-1\nis \u001b[31mnot connected.'))).toBe(
    'culvert: agent-offline: The SSM agent on i-1 is [31mnot connected.\n',
  )
  expect(errorLine('odd')).toBe('culvert: internal: Something went wrong inside Culvert (odd).\n')
})

test('a wrong command line exits with 2, everything else with 1', () => {
  expect(exitStatusOf(new AppError('usage', ''))).toBe(2)
  expect(exitStatusOf(new AppError('network', ''))).toBe(1)
  expect(exitStatusOf(new Error('x'))).toBe(1)
})

test('text on one line keeps every character but those that control', () => {
  expect(oneLine(' a\r\n\tb\u2028ü🙂\u0000 ')).toBe('a b ü🙂')
})
