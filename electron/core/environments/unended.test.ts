import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { tellUnended } from './unended'

const { signal } = new AbortController()

test('a session that may not be ended is told once for its environment, and every caller hears of it', async () => {
  const told: string[] = []
  const answers = [new AppError('network', 'No way.'), new AppError('access-denied', 'Not you.')]
  const deny = () => Promise.reject(answers.shift() ?? new AppError('access-denied', 'Nor now.'))
  const terminate = tellUnended(deny, ({ message }) => told.push(message))
  const end = () => terminate('s', signal)
  await expect(end()).rejects.toMatchObject({ code: 'network' })
  expect(told).toEqual([])
  await expect(end()).rejects.toMatchObject({ code: 'access-denied' })
  await expect(end()).rejects.toMatchObject({ code: 'access-denied' })
  expect(told).toEqual(['Not you.'])
})
