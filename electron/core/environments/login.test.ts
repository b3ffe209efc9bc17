import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { deferred } from '../../../shared/deferred'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { Login } from './login'

const expired = new AppError('credentials-expired', 'The login has expired.')

function make() {
  const told: string[] = []
  let answer: () => Promise<unknown> = () => Promise.resolve({})
  let nowAt = 1_000
  const login = new Login({ now: () => nowAt, onBack: () => told.push('back') })
  const unsubscribe = login.onChange(() => told.push(login.ended?.error.code ?? 'holds'))
  const call = (): Promise<never> => answer() as Promise<never>
  const watched = login.watch(serviceOf({ identity: call, preferences: call, signUpgrade: call }))
  const { signal } = new AbortController()
  return {
    login,
    told,
    unsubscribe,
    watched,
    signal,
    at: (ms: number) => (nowAt = ms),
    answers: (next: () => Promise<unknown>) => (answer = next),
    ask: () => watched.identity(signal).catch(() => undefined),
  }
}

test('a call that is refused for its credentials ends it, told once; an answer brings it back', async () => {
  const { login, told, ask, answers, at } = make()
  answers(() => Promise.reject(expired))
  await ask()
  at(9_000)
  await ask()
  expect(login.ended).toEqual({
    sinceAt: 1_000,
    error: { code: 'credentials-expired', message: 'The login has expired.' },
  })
  expect(told).toEqual(['credentials-expired'])
  answers(() => Promise.resolve({}))
  await ask()
  await ask()
  expect(login.ended).toBeUndefined()
  expect(told).toEqual(['credentials-expired', 'holds', 'back'])
})

test('another reason is told, from the same beginning', async () => {
  const { login, told, ask, answers, at } = make()
  answers(() => Promise.reject(expired))
  await ask()
  at(9_000)
  answers(() => Promise.reject(new AppError('credentials-missing', 'Log in.')))
  await ask()
  expect(told).toEqual(['credentials-expired', 'credentials-missing'])
  expect(login.ended?.sinceAt).toBe(1_000)
})

test('a denied call is an answer: AWS knew who asked; a failure on the way is none', async () => {
  const { login, ask, answers } = make()
  answers(() => Promise.reject(expired))
  await ask()
  answers(() => Promise.reject(new AppError('network', 'No way.')))
  await ask()
  expect(login.ended?.error.code).toBe('credentials-expired')
  answers(() => Promise.reject(new AppError('access-denied', 'No.')))
  await ask()
  expect(login.ended).toBeUndefined()
})

test('an answer to a call from before the end proves nothing', async () => {
  const { login, ask, answers } = make()
  const early = deferred()
  answers(() => early.promise)
  const asked = ask()
  answers(() => Promise.reject(expired))
  await ask()
  early.resolve()
  await asked
  expect(login.ended?.error.code).toBe('credentials-expired')
})

test('calls that answer without credentials say nothing of it, and a listener that has left hears nothing', async () => {
  const { login, told, unsubscribe, watched, signal, ask, answers } = make()
  answers(() => Promise.reject(expired))
  await watched.preferences(signal).catch(() => undefined)
  expect(login.ended).toBeUndefined()
  unsubscribe()
  await ask()
  expect(login.ended).toBeDefined()
  await watched.signUpgrade('wss://x', signal).catch(() => undefined)
  answers(() => Promise.resolve({}))
  await watched.preferences(signal)
  expect(login.ended).toBeDefined()
  expect(told).toEqual([])
})

test('pages of sessions tell of it as every call does', async () => {
  const { login, told, signal } = make()
  let isDone = false
  const service = serviceOf({
    sessions: () => ({
      get isDone() {
        return isDone
      },
      next: () => (isDone ? Promise.resolve([]) : Promise.reject(expired)),
    }),
  })
  const pages = login.watch(service).sessions({ state: 'Active' })
  await expect(pages.next(signal)).rejects.toBe(expired)
  expect([login.ended?.error.code, pages.isDone]).toEqual(['credentials-expired', false])
  isDone = true
  await pages.next(signal)
  expect([login.ended, pages.isDone, told]).toEqual([undefined, true, ['credentials-expired', 'holds', 'back']])
})
