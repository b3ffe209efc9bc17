import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace({
    documents: {
      'Acme-Page': {
        sessionType: 'Port',
        parameters: { remotePort: { type: 'String' }, zone: { type: 'String', default: 'eu' } },
        properties: { portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
      },
    },
  })
  window = await place.open()
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

const environments = (settings: object) => ({ environments: { 'Demo eu-west-1': settings } })

test('a required reason is asked for in the window once, and goes to AWS with the mark of the record', async () => {
  await window.ask('settings.set', environments({ isReasonRequired: true }))
  const instanceId = await window.instance('web-2')
  const open = () => window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  const { terminalId } = await open()
  const question = await window.until(({ questions }) => questions[0])
  expect(question).toMatchObject({ kind: 'reason', environment: 'Demo', region: 'eu-west-1' })
  const answer = (text: string) => window.ask('question.answer', { questionId: question.id, text })
  await expect(answer('  ')).rejects.toMatchObject({ code: 'usage' })
  await answer('ticket 7')
  const opened = (id: string) =>
    window.until(({ terminals }) => terminals.find((one) => one.id === id)?.state.kind === 'open')
  await opened(terminalId)
  await opened((await open()).terminalId)
  for (const { reason } of place.simulator.sessions())
    expect(reason).toMatch(/^ticket 7 \[Culvert [0-9a-f]{12}\/[0-9a-f]{12}\]$/)
  expect(place.simulator.sessions()).toHaveLength(2)
})

test('a reason that is not given fails the forward with what to do, and turning it on again asks again', async () => {
  await window.ask('settings.set', environments({ isReasonRequired: true }))
  const target = { kind: 'id', instanceId: await window.instance('web-2') } as const
  const fields = { name: 'page', target, remotePort: 8_080, startAtLaunch: false }
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  const question = await window.until(({ questions }) => questions[0])
  await window.ask('question.dismiss', { questionId: question.id })
  const { error } = await window.reach(forwardId, 'failed')
  expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('Demo (eu-west-1) need a reason') })
  await window.ask('forward.start', { forwardId })
  const again = await window.until(({ questions }) => questions[0])
  await window.ask('question.answer', { questionId: again.id, text: 'ticket 8' })
  await window.reach(forwardId, 'up')
})

test('a document is read for the editor, a forward keeps it, and another one opens the tunnel again', async () => {
  expect(await window.ask('document.read', { name: 'Acme-Page' })).toMatchObject({
    document: {
      parameters: [
        { name: 'remotePort', role: 'port' },
        { name: 'zone', default: ['eu'] },
      ],
    },
  })
  expect(await window.ask('document.read', { name: 'Acme-None' })).toMatchObject({
    error: { code: 'document-missing' },
  })
  const target = { kind: 'id', instanceId: await window.instance('web-2') } as const
  const fields = { name: 'page', target, remotePort: 8_080, startAtLaunch: false }
  const document = { name: 'Acme-Page', parameters: { zone: ['us'] } }
  const { forwardId } = await window.ask('forward.create', { ...fields, document })
  await window.ask('forward.start', { forwardId })
  await window.reach(forwardId, 'up')
  await window.ask('forward.update', { forwardId, ...fields })
  const documents = () => place.simulator.sessions().map(({ documentName }) => documentName)
  await window.until(() => documents().length === 2 && window.forward(forwardId).state.kind === 'up')
  expect(documents()).toEqual(['Acme-Page', 'AWS-StartPortForwardingSession'])
  await window.ask('forward.update', { forwardId, ...fields, document })
  await window[Symbol.asyncDispose]()
  window = await place.open()
  expect(window.forward(forwardId).forward.document).toEqual(document)
})
