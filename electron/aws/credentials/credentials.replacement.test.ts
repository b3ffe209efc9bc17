// Keys of the environment that have ended, and what takes their place. The simulator issues the keys and judges them.

import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { exported, roleKeys, TWO_ROLES, TWO_ROLES_CONFIG } from '../../../e2e/kit/aws/rolekeys'
import { startSimulator, type Simulator } from '../../simulator/simulator'
import type { HandedKeys } from '../../../shared/session'
import { openAccount } from '../account'
import type { Account, AwsOptions } from '../parts'
import { config, files, never, stageFiles } from './credentials.kit'

stageFiles()

let simulator: Simulator
let notices: string[]

beforeEach(async () => {
  simulator = await startSimulator({ isPaced: false, ...TWO_ROLES })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  notices = []
  await config(TWO_ROLES_CONFIG)
})

const keysOf = (role: 'ops' | 'admin', name: string): Promise<HandedKeys> => roleKeys(simulator, role, name)

/** An account with keys of the role "ops" in its environment. */
async function opened(env: NodeJS.ProcessEnv = {}, options: Partial<AwsOptions> = {}): Promise<Account> {
  const account = await openAccount({
    endpointUrl: simulator.endpointUrl,
    handOver: { command: 'culvert credentials --pid 7', hasWindow: false },
    onNotice: (text) => notices.push(text),
    ...options,
    env: { ...files, AWS_REGION: simulator.region, ...exported(await keysOf('ops', 'ann')), ...env },
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return account
}

/** Lets all keys that are out end; resolves once the account has learned whose they are. */
async function end(account: Account): Promise<void> {
  await account.identity(never)
  simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
}

const refusalOf = (promise: Promise<unknown>): Promise<{ code: string; message: string; command?: string }> =>
  promise.then(
    () => expect.fail('it was not refused'),
    (error: { code: string; message: string }) => error,
  )

describe('keys of the environment that have ended', () => {
  test('are followed by those of CULVERT_FALLBACK_PROFILE unasked, which is told once', async () => {
    const account = await opened({ CULVERT_FALLBACK_PROFILE: 'same' })
    await end(account)
    expect(account.keysOutlook()).toEqual({ kind: 'unknown' })
    expect((await account.identity(never)).arn).toBe('arn:aws:sts::111122223333:assumed-role/ops/ann')
    expect(account.keysOutlook()).toEqual({ kind: 'lasting' })
    simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
    await account.identity(never)
    expect(notices).toEqual([
      'The credentials in the environment have ended. Culvert goes on with the keys of the profile "same".',
    ])
  })

  test('are followed by those of another session name, and what that may cost is told', async () => {
    const account = await opened({ CULVERT_FALLBACK_PROFILE: 'renamed' })
    await end(account)
    await account.identity(never)
    expect(notices).toEqual([expect.stringMatching(/ops\/bob, before .*ops\/ann\).*may refuse to resume/)])
  })

  test('are not followed by those of another role: both are named', async () => {
    const account = await opened({ CULVERT_FALLBACK_PROFILE: 'admin' })
    await end(account)
    expect(await refusalOf(account.listInstances(never))).toMatchObject({
      code: 'credentials-expired',
      message: expect.stringMatching(
        /assumed-role\/ops\/ann, and the keys of the profile "admin" .*assumed-role\/admin\/ann/,
      ),
    })
  })

  test('are waited for where the fallback profile has to be corrected, and the error says what is wrong with it', async () => {
    const account = await opened({ CULVERT_FALLBACK_PROFILE: 'sane' })
    await end(account)
    expect(await refusalOf(account.listInstances(never))).toMatchObject({
      code: 'credentials-expired',
      message: expect.stringMatching(/the profile "sane" gives none: There is no AWS profile "sane"/),
    })
  })

  test('are compared with an owner that was learned by any call that worked', async () => {
    const diagnosed: string[] = []
    const account = await opened(
      { CULVERT_FALLBACK_PROFILE: 'admin' },
      { diagnose: (entry) => diagnosed.push(JSON.stringify(entry)) },
    )
    await account.activeSessions('i-0123456789abcdef0', never)
    await vi.waitFor(() => expect(diagnosed.join()).toContain('GetCallerIdentity'))
    simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
    expect((await refusalOf(account.listInstances(never))).message).toMatch(/ops\/ann, .*admin\/ann/)
  })

  test('are not followed by a profile that is only named by AWS_PROFILE: it is offered', async () => {
    const account = await opened({ AWS_PROFILE: 'same' })
    await end(account)
    expect(account.otherKeys.offered()).toBeUndefined()
    expect(await refusalOf(account.listInstances(never))).toMatchObject({
      message: expect.stringContaining('hand new ones of the same role over, or use the profile "same"'),
      command: 'aws configure export-credentials --profile same | culvert credentials --pid 7 -',
    })
    expect(account.otherKeys.offered()).toBe('same')
    await account.otherKeys.takeProfile('same', never)
    expect((await account.listInstances(never)).instances.length).toBeGreaterThan(0)
    expect(account.otherKeys.offered()).toBeUndefined()
  })

  test('name the command that hands new ones over, where no profile is there', async () => {
    const account = await opened()
    await end(account)
    expect(await refusalOf(account.listInstances(never))).toMatchObject({ command: 'culvert credentials --pid 7' })
  })
})

describe('keys that are handed over', () => {
  test('are used at once, and the outlook is theirs', async () => {
    const account = await opened()
    await end(account)
    const endsAt = Date.now() + 3_600_000
    expect(await account.otherKeys.take({ ...(await keysOf('ops', 'ann')), endsAt }, never)).toEqual({
      arn: 'arn:aws:sts::111122223333:assumed-role/ops/ann',
    })
    await account.listInstances(never)
    expect(account.keysOutlook()).toEqual({ kind: 'ending', endsAt })
  })

  test('of another session name are taken, with what that may cost', async () => {
    const account = await opened()
    await end(account)
    const { risk } = await account.otherKeys.take(await keysOf('ops', 'bob'), never)
    expect(risk).toContain('under another session name')
  })

  test('of another role are refused while the first ones live, with both named, and nothing changes', async () => {
    const account = await opened()
    await account.activeSessions('i-0123456789abcdef0', never)
    expect(await refusalOf(account.otherKeys.take(await keysOf('admin', 'ann'), never))).toMatchObject({
      code: 'access-denied',
      message: expect.stringMatching(/ops\/ann, and the keys that were handed over are of .*admin\/ann/),
    })
    expect((await account.identity(never)).arn).toContain('ops/ann')
  })

  test('that AWS does not accept change nothing', async () => {
    const account = await opened()
    await account.identity(never)
    const wrong = { ...(await keysOf('ops', 'ann')), secretAccessKey: 'wrong' }
    expect(await refusalOf(account.otherKeys.take(wrong, never))).toMatchObject({ code: 'credentials-expired' })
    await account.listInstances(never)
  })

  test('are forgotten once AWS refuses them, and the sentence names them no more', async () => {
    const account = await opened()
    await end(account)
    await account.otherKeys.take(await keysOf('ops', 'ann'), never)
    simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
    expect(await refusalOf(account.listInstances(never))).toMatchObject({
      message: expect.stringContaining('The credentials in the environment (account 1111 2222 3333) have expired'),
    })
  })

  test('are not taken by the Demo', async () => {
    const { endpointUrl, region, credentials } = simulator
    const account = await openAccount({ endpointUrl, region, credentials, env: {} })
    onTestFinished(() => account[Symbol.asyncDispose]())
    expect(await refusalOf(account.otherKeys.take(await keysOf('ops', 'ann'), never))).toMatchObject({ code: 'usage' })
  })
})
