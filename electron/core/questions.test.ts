import { beforeEach, expect, test } from 'vitest'
import type { Question } from '../../shared/model/snapshot'
import { Questions } from './questions'

let changes = 0
let questions: Questions
beforeEach(() => {
  changes = 0
  questions = new Questions(() => (changes += 1))
})

const mfa = { kind: 'mfa', profile: 'p', serial: 's', isRepeated: false } as const
const profileOf = (question: Question) => (question.kind === 'mfa' ? question.profile : undefined)
const refused = { code: 'credentials-expired' }

test('those who ask the same share one question and its answer, which is kept nowhere', async () => {
  const first = questions.ask(mfa)
  const second = questions.ask({ ...mfa, isRepeated: true })
  const other = questions.ask({ ...mfa, profile: 'q' })
  expect(questions.items.map(profileOf)).toEqual(['p', 'q'])
  questions.answer(questions.items[0]!.id, '123456')
  expect(await Promise.all([first, second])).toEqual(['123456', '123456'])
  expect(JSON.stringify(questions.items)).not.toContain('123456')
  expect([questions.items.length, changes]).toEqual([1, 3])
  questions.answer('of no question', '1')
  questions[Symbol.dispose]()
  await expect(other).rejects.toMatchObject(refused)
})

test('a question that was dismissed is not asked again until a person wants something tried', async () => {
  const asked = questions.ask(mfa)
  questions.dismiss(questions.items[0]!.id)
  await expect(asked).rejects.toMatchObject(refused)
  await expect(questions.ask(mfa)).rejects.toMatchObject(refused)
  expect(questions.items).toEqual([])
  questions.rearm()
  const again = questions.ask(mfa)
  questions.answer(questions.items[0]!.id, '654321')
  expect(await again).toBe('654321')
})

test('disposing dismisses what is open, and what is asked later', async () => {
  const open = questions.ask(mfa)
  questions[Symbol.dispose]()
  await expect(open).rejects.toMatchObject(refused)
  questions.rearm()
  await expect(questions.ask(mfa)).rejects.toMatchObject(refused)
  expect(questions.items).toEqual([])
})

test('the question to log in is closed by its asker alone, and takes no code', async () => {
  const login = { kind: 'login', profile: 'p', startUrl: 'https://x', url: 'https://x/y', endsAt: 1 } as const
  const asked = questions.ask(login)
  const code = questions.ask(mfa)
  questions.answer(questions.items[0]!.id, '123456')
  expect(questions.items.map(({ kind }) => kind)).toEqual(['login', 'mfa'])
  questions.withdrawLogin('q')
  questions.withdrawLogin('p')
  expect(questions.items.map(({ kind }) => kind)).toEqual(['mfa'])
  questions.answer(questions.items[0]!.id, '123456')
  expect(await Promise.race([asked, code])).toBe('123456')
  const again = questions.ask(login)
  questions.dismiss(questions.items[0]!.id)
  await expect(again).rejects.toMatchObject({ code: 'credentials-expired', message: expect.stringContaining('Log in') })
})
