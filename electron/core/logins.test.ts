// Logins that are begun in a window: the whole core over a simulator with its Identity Center.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { Window } from '../../e2e/kit/aws/core'
import { decide } from '../../e2e/kit/aws/loginpages'
import { SSO_ACCOUNT, ssoEnvironment, startSso, writeSsoConfig } from '../../e2e/kit/aws/sso'
import type { LoginAsked } from '../../shared/model/snapshot'
import { startSimulator } from '../simulator/simulator'
import type { IdentityCenter } from '../simulator/oidc/identitycenter'
import { createCore } from './core'

let window: Window
let center: IdentityCenter

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'culvert-logins-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const simulator = await startSimulator({ isPaced: false })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  center = await startSso(simulator)
  onTestFinished(() => center[Symbol.asyncDispose]())
  await writeSsoConfig(home, center)
  const core = await createCore({
    dataDirectory: join(home, 'data'),
    door: 'test',
    env: ssoEnvironment(home, simulator, center),
    profile: 'corp',
    spawnDemo: () => Promise.reject(new Error('this is an account')),
  })
  window = new Window(core)
  onTestFinished(() => window[Symbol.asyncDispose]())
})

const begin = (isDevice = false): Promise<null> => window.ask('login.begin', { profile: 'corp', isDevice })
const question = (): (LoginAsked & { readonly id: string }) | undefined =>
  window.state.questions.find((each) => each.kind === 'login')
const notices = (): string[] => window.state.notices.map(({ text }) => text)

test('the window says which profile has to log in; its question names account and address, and closes by itself', async () => {
  const { login } = await window.until(({ environment }) => environment.login !== undefined && environment)
  expect(login?.error).toMatchObject({ code: 'credentials-expired', loginProfile: 'corp' })
  await begin()
  expect(question()).toMatchObject({ profile: 'corp', account: SSO_ACCOUNT, startUrl: center.startUrl })
  expect(question()).not.toHaveProperty('userCode')
  await decide(question()?.url ?? '', 'allow')
  await window.until(({ instances }) => instances.state.kind === 'ready')
  expect([window.state.questions, window.state.environment.login, notices()]).toEqual([[], undefined, []])
  expect(window.journal.map(({ text }) => text)).toContain('Logged in with the profile "corp".')
})

test('a login that is refused becomes a notice, which the next login takes away', async () => {
  await begin()
  await decide(question()?.url ?? '', 'deny')
  await window.until((state) => state.notices.length > 0)
  expect([window.state.questions, notices()]).toEqual([[], [expect.stringContaining('was refused in the browser')]])
  await begin()
  expect(notices()).toEqual([])
})

test('a code replaces the login in the browser, whose listener is gone', async () => {
  await begin()
  const before = question()
  await begin(true)
  expect(question()).toMatchObject({ userCode: expect.stringMatching(/^\w{4}-\w{4}$/) })
  expect(window.state.questions).toHaveLength(1)
  await expect(decide(before?.url ?? '', 'allow')).rejects.toThrow('fetch failed')
  expect(notices()).toEqual([])
})

test('a question that is put off ends its login, and says nothing', async () => {
  await begin()
  const before = question()
  await window.ask('question.dismiss', { questionId: before?.id ?? '' })
  await begin()
  await expect(decide(before?.url ?? '', 'allow')).rejects.toThrow('fetch failed')
  expect([notices(), window.state.questions.length]).toEqual([[], 1])
})

test('a login that cannot begin is told to the one who asked', async () => {
  await expect(window.ask('login.begin', { profile: 'nobody', isDevice: false })).rejects.toMatchObject({
    code: 'profile-unknown',
  })
  center.setDark(true)
  await expect(begin()).rejects.toMatchObject({ code: 'network' })
  expect(notices()).toEqual([])
})
