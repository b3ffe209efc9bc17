import { expect, it } from 'vitest'
import { AppError, toWireError } from './errors'

it('an error that crosses a Link is bounded, however much of a foreign text it quotes', () => {
  const long = 'x '.repeat(2_000_000)
  for (const error of [new AppError('service', long), new Error(long), long]) {
    expect(toWireError(error).message.length).toBeLessThan(4_100)
  }
})
