// What is asked of ExecuteCommand: a reason is for the ledger alone, and a document is refused.

import { expect, test } from 'vitest'
import { execRequestFor } from './exec'

const { signal } = new AbortController()
const exec = { cluster: 'shop', taskId: 'a', container: 'app', command: '/bin/sh' }
const documents = { documentFor: () => undefined, readDocument: () => Promise.resolve(undefined) }
const wanted = { target: 'ecs:shop_a_a-1', exec, signal }

test('a command in a container has the reason of the environment where it has none of its own, for the ledger', async () => {
  let asked = 0
  const rules = { ...documents, reason: () => Promise.resolve(`ticket ${(asked += 1)}`) }
  expect(await execRequestFor({ ...wanted, rules })).toEqual({ target: wanted.target, exec, reason: 'ticket 1' })
  expect((await execRequestFor({ ...wanted, rules, reason: 'mine' })).reason).toBe('mine')
  expect(asked).toBe(1)
  expect(await execRequestFor(wanted)).toEqual({ target: wanted.target, exec })
})

test('a command in a container is not begun where the reason is refused, and takes no document', async () => {
  const refused = new Error('dismissed')
  const rules = { ...documents, reason: () => Promise.reject(refused) }
  await expect(execRequestFor({ ...wanted, rules })).rejects.toBe(refused)
  await expect(execRequestFor({ ...wanted, document: { name: 'Acme-Shell' } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('leave Acme-Shell out'),
  })
})
