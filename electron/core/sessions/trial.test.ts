import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'

let stage: Stage
const never = new AbortController().signal
const target = (): string => stage.simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!.id

beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

test('a token stays good while every form of the upgrade is tried, and a shell then opens with it', async () => {
  await using trial = await stage.environment.beginTrial({ target: target(), signal: never })
  const forms = await trial.tryForms()
  expect(forms.map(({ form, error }) => [form, error?.code])).toEqual([
    ['space', undefined],
    ['plus', 'upgrade-refused'],
    ['unsigned', undefined],
  ])
  expect(await trial.open()).toMatchObject({ sessionType: 'Standard_Stream' })
})

test('a session is resumed after a cut, and while its socket is open', async () => {
  await using trial = await stage.environment.beginTrial({ target: target(), signal: never })
  await trial.open()
  expect(await trial.resume('lost')).toEqual(expect.any(Number))
  expect(await trial.resume('open')).toEqual(expect.any(Number))
  expect((await trial.probe(5_000)).agentMs).toEqual(expect.any(Number))
  expect(stage.simulator.sessions()[0]!.resumes).toBe(2)
})

test('the socket is cut before a resume of a lost connection, and stays for one of an open session', async () => {
  await using trial = await stage.environment.beginTrial({ target: target(), signal: never })
  await trial.open()
  for (const [from, status] of [
    ['open', 'Connected'],
    ['lost', 'Disconnected'],
  ] as const) {
    const isAsked = stage.simulator.delayNext('ResumeSession', 300)
    const resumed = trial.resume(from)
    await isAsked
    await vi.waitFor(() => expect(stage.simulator.sessions()[0]!.status).toBe(status))
    await resumed
  }
})

test('a session that the service ends fails the step under way; disposing ends one that was never opened', async () => {
  const trial = await stage.environment.beginTrial({ target: target(), signal: never })
  await trial.open()
  stage.simulator.end(trial.sessionId, 'enough')
  await expect(trial.resume('lost')).rejects.toMatchObject({ code: expect.stringMatching(/session-(gone|ended)/) })
  await trial[Symbol.asyncDispose]()
  const unopened = await stage.environment.beginTrial({ target: target(), remotePort: 80, signal: never })
  expect(stage.active()).toEqual([unopened.sessionId])
  await unopened[Symbol.asyncDispose]()
  expect(stage.active()).toEqual([])
})
