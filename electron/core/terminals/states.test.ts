import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { endingOf } from './states'

test('a shell that ended by itself says so, with what the service said', () => {
  expect(endingOf(5, '', undefined)).toEqual({
    state: { kind: 'ended', at: 5, text: '' },
    line: { tone: 'idle', text: 'ended its shell.' },
  })
  expect(endingOf(5, '  Bye. ', undefined)).toEqual({
    state: { kind: 'ended', at: 5, text: 'Bye.' },
    line: { tone: 'idle', text: 'ended its shell. Bye.' },
  })
})

test('a shell that was lost is told by its error, in the state and in the journal', () => {
  const { state, line } = endingOf(5, 'ignored', new AppError('network', 'The connection was reset.'))
  const error = { code: 'network', message: 'The connection was reset.' }
  expect(state).toEqual({ kind: 'ended', at: 5, text: error.message, error })
  expect(line).toEqual({ tone: 'failed', text: 'lost its shell.', error })
})

test('foreign text is redacted and cut, from wherever it comes', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const long = `secretAccessKey=${secret} ${'and so on. '.repeat(10_000)}`
  for (const ending of [endingOf(5, long, undefined), endingOf(5, '', new AppError('internal', long))]) {
    expect(JSON.stringify(ending)).not.toContain(secret)
    expect(ending.state.text.length).toBeLessThanOrEqual(2_048)
    expect(ending.line.text.length).toBeLessThan(2_100)
  }
})
