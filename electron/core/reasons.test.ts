import { expect, test } from 'vitest'
import { Questions } from './questions'
import { Reasons } from './reasons'

const { signal } = new AbortController()
const prod = { name: 'acme-prod', region: 'eu-west-1' }

test('a reason is asked for once for each environment, and its absence is told', async () => {
  using questions = new Questions(() => undefined)
  const reasons = new Reasons(questions)
  const [one, other] = [reasons.get(prod, signal), reasons.get(prod, signal)]
  expect(questions.items).toMatchObject([{ kind: 'reason', environment: 'acme-prod', region: 'eu-west-1' }])
  questions.answer(questions.items[0]!.id, ' ticket 7 ')
  expect(await Promise.all([one, other])).toEqual(['ticket 7', 'ticket 7'])
  expect(await reasons.get(prod, signal)).toBe('ticket 7')
  expect(questions.items).toEqual([])
  const elsewhere = reasons.get({ ...prod, region: 'us-east-1' }, signal)
  expect(questions.items).toHaveLength(1)
  questions.dismiss(questions.items[0]!.id)
  await expect(elsewhere).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('acme-prod') })
})

test('a session that is given up does not wait for the answer, and the answer serves the next one', async () => {
  using questions = new Questions(() => undefined)
  const reasons = new Reasons(questions)
  const opening = new AbortController()
  const given = reasons.get(prod, opening.signal)
  opening.abort(new Error('closed'))
  await expect(given).rejects.toThrow('closed')
  const next = reasons.get(prod, signal)
  questions.answer(questions.items[0]!.id, 'ticket 7')
  expect(await next).toBe('ticket 7')
})

test('what is no reason is refused, and the question stays open', async () => {
  using questions = new Questions(() => undefined)
  const given = new Reasons(questions).get(prod, signal)
  const { id } = questions.items[0]!
  for (const text of ['  ', 'x'.repeat(257)]) {
    expect(() => questions.answer(id, text)).toThrow(expect.objectContaining({ code: 'usage' }))
  }
  questions.answer(id, 'x')
  expect(await given).toBe('x')
})
