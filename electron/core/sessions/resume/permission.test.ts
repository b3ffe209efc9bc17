import { expect, test } from 'vitest'
import { AppError } from '../../../../shared/errors'
import { ResumePermission } from './permission'

test('a denial is remembered until a resume is answered; other failures show nothing', async () => {
  const permission = new ResumePermission()
  const fail = async (error: Error): Promise<boolean> => {
    await expect(permission.watch(() => Promise.reject(error))).rejects.toBe(error)
    return permission.isDenied
  }
  const denied = new AppError('session-gone', 'gone', { cause: new AppError('access-denied', 'no') })
  expect(await fail(new AppError('session-gone', 'gone'))).toBe(false)
  expect(await fail(denied)).toBe(true)
  expect(await fail(new AppError('network', 'away'))).toBe(true)
  expect(await fail(new Error('odd'))).toBe(true)
  expect(await permission.watch(() => Promise.resolve('ticket'))).toBe('ticket')
  expect(permission.isDenied).toBe(false)
})
