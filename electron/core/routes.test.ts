// Requests by their names, against the whole core.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'
import { requests } from '../../shared/api/requests'

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace()
  window = await place.open('account')
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

const refusal = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) as string })

test('a name that is no request is refused, also one that every object has', async () => {
  for (const name of ['forward.unknown', '', 'constructor', '__proto__', 'toString']) {
    await expect(window.core.handle(name, {}), name).rejects.toMatchObject(refusal('usage', /^There is no request/))
  }
  await expect(window.core.handle('x'.repeat(500), {})).rejects.toMatchObject(refusal('usage', /"x{100}"\.$/))
})

test('parameters that no schema allows are refused by the name of their field, whichever request it is', async () => {
  for (const name of Object.keys(requests)) {
    const refused = window.core.handle(name, { unknown: 1 })
    await expect(refused, name).rejects.toMatchObject(refusal('usage', /^The request [a-z.]+ was refused \(.+\)\./))
  }
  await expect(window.core.handle('forward.stop', { forwardId: '' })).rejects.toMatchObject(
    refusal('usage', /was refused \(forwardId: /),
  )
  await expect(window.core.handle('forward.stop', 'f')).rejects.toMatchObject(refusal('usage', /forward\.stop/))
})

test('an outage is tried in the Demo only', async () => {
  await window.until(({ environment }) => environment.state.kind === 'open')
  await expect(window.ask('demo.outage', { kind: 'cut' })).rejects.toMatchObject(refusal('usage', /Demo only/))
  await expect(window.ask('demo.recover', {})).rejects.toMatchObject(refusal('usage', /Demo only/))
})

test('each answer is one that its page knows', async () => {
  const instanceId = await window.instance('web-2')
  const { forwardId } = await window.ask('forward.create', {
    name: 'echo',
    target: { kind: 'id', instanceId },
    remotePort: 7,
    startAtLaunch: false,
  })
  const asked = [
    ['forward.start', { forwardId }],
    ['forward.acknowledge', { forwardId }],
    ['forward.check', { forwardId }],
    ['port.suggest', { from: 20_000 }],
    ['journal.list', { limit: 5 }],
    ['settings.set', { theme: 'dark' }],
    ['notice.dismiss', { noticeId: 'n' }],
    ['question.dismiss', { questionId: 'q' }],
    ['instances.refresh', {}],
    ['forward.delete', { forwardId }],
  ] as const
  for (const [name, parameters] of asked) {
    expect(requests[name].answer(await window.core.handle(name, parameters)), name).toBe(true)
  }
})
