// `culvert login` and `culvert doctor`, as a person runs them.

import { mkdtemp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { decide } from './kit/aws/loginpages'
import { ssoEnvironment, startSso, writeSsoConfig } from './kit/aws/sso'
import { begin, env, folder, linesOf, open, run, setEnv, simulator, stageCli } from './kit/stages/cli'

stageCli()

describe('culvert login', () => {
  /** A profile with a session, at a simulated IAM Identity Center. */
  async function stageSso() {
    const center = await startSso(simulator)
    onTestFinished(() => center[Symbol.asyncDispose]())
    const home = await mkdtemp(path.join(folder, 'home-'))
    await writeSsoConfig(home, center)
    setEnv(ssoEnvironment(home, simulator, center))
    return center
  }

  test('names the account and the address, and the next command has the keys', async () => {
    const { startUrl } = await stageSso()
    expect(await run(['ls', '--profile', 'corp'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Run: aws sso login --profile corp or: culvert login --profile corp'),
    })
    const login = begin('login', '--profile', 'corp', '--no-browser')
    const address = await vi.waitFor(() => /^http:\S+$/m.exec(login.told())![0])
    expect(login.told()).toContain(`the profile "corp" (account 1111 2222 3333, ${startUrl})`)
    await decide(address, 'allow')
    expect(await login.ended).toMatchObject({ status: 0 })
    expect(login.printed()).toMatch(
      /^Logged in to the profile "corp" \(account 1111 2222 3333, .*\) until .*\d\d:\d\d\n$/,
    )
    expect(await run(['ls', '--profile', 'corp'])).toMatchObject({ status: 0, stderr: '' })
  })

  test('shows a code where no browser can be opened here, in JSON for programs, and its refusal is an error', async () => {
    await stageSso()
    const login = begin('login', '--profile', 'corp', '--json')
    const [page] = await vi.waitFor(() => {
      expect(linesOf(login)).toHaveLength(1)
      return linesOf(login)
    })
    expect(page).toMatchObject({ type: 'page', kind: 'device', profile: 'corp', userCode: expect.any(String) })
    await decide(String(page!['url']), 'deny')
    expect(await login.ended).toMatchObject({ status: 1, stderr: expect.stringMatching(/^culvert: access-denied: /) })
  })

  test('of a profile without one says what to do, and a signal ends it without a lock', async () => {
    await stageSso()
    expect(await run(['login'])).toMatchObject({ status: 2, stderr: expect.stringContaining('has no SSO login') })
    const login = begin('login', '--profile', 'corp', '--no-browser')
    await vi.waitFor(() => expect(login.told()).toContain('http'))
    login.child.kill('SIGINT')
    expect(await login.ended).toMatchObject({ status: 130 })
    expect(await readdir(path.join(env['HOME']!, '.aws', 'sso'))).toEqual(['cache'])
  })
})

describe('culvert doctor', () => {
  test('a good environment: status 0, a line for each check, a report, and no session is left', async () => {
    const { status, text, stderr } = await run(['doctor', 'web-2', '--json'])
    expect([status, stderr]).toEqual([0, ''])
    const lines = text
      .trimEnd()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { type: string; id?: string; outcome?: string; text?: string; failed?: number },
      )
    const outcomes = new Map(lines.map(({ id, outcome }) => [id, outcome]))
    for (const id of ['configuration.files', 'network.kms', 'session.resume', 'session.end']) {
      expect([id, outcomes.get(id)]).toEqual([id, 'passed'])
    }
    expect(lines.at(-1)).toMatchObject({ type: 'report', failed: 0, text: expect.stringContaining('i-<id-1>') })
    expect(open()).toEqual([])
  })

  test('a failure: status 1, in words with what is missing, and the masked report behind them', async () => {
    setEnv({ ...env, AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:9' })
    const { status, text } = await run(['doctor'])
    expect(status).toBe(1)
    expect(text).toMatch(/^FAILED {5}Connection to ec2\n {11}127\.0\.0\.1:9 could not be reached/m)
    expect(text).toContain('           Missing: HTTPS_PROXY\n')
    expect(text.split('To paste into an issue')[1]).not.toContain('111122223333')
  })

  test('--probe asks, so without a terminal it wants --yes; ports want a target', async () => {
    expect(await run(['doctor', 'web-2', '--probe'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--yes'),
    })
    expect(await run(['doctor', '--port', '80'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('TARGET'),
    })
    expect(simulator.sessions()).toEqual([])
  })

  test('Ctrl-C in the middle of the session ends it', async () => {
    const running = begin('doctor', 'web-2', '--json')
    await vi.waitFor(() => expect(linesOf(running).map(({ id }) => id)).toContain('session.start'))
    running.child.kill('SIGINT')
    const { status } = await running.ended
    expect([130, 0]).toContain(status)
    expect(simulator.sessions()).toHaveLength(1)
    expect(open()).toEqual([])
  })
})
