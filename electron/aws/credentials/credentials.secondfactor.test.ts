// Roles with a second factor: who is asked for the code, how often, and for how long it is good.

import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAccount } from '../account'
import { Renewals, type AskCode, type CodeQuestion } from './renewal'
import {
  assumedRole,
  callerIdentity,
  jsonError,
  startedSession,
  stsError,
  type Answer,
} from '../../../e2e/kit/aws/awsstandin'
import { config, files, never, opened, stageFiles } from './credentials.kit'

stageFiles()

describe('a role with a second factor', () => {
  const serial = 'arn:aws:iam::123456789012:mfa/ann'
  const wrong = stsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', 403)
  const role = (action: string): Answer => assumedRole(action, 'ROLE', new Date(Date.now() + 3_600_000))

  beforeEach(() =>
    config(
      '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s\n' +
        `[profile p]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\nmfa_serial=${serial}\n`,
    ),
  )

  /** A person who is asked, and answers when the test says so. */
  function person() {
    const asked: CodeQuestion[] = []
    const open: { resolve: (code: string) => void; reject: (error: Error) => void }[] = []
    const askCode: AskCode = (question) =>
      new Promise((resolve, reject) => {
        asked.push(question)
        open.push({ resolve, reject })
      })
    const isAsked = (count = 1) => vi.waitFor(() => expect(asked).toHaveLength(count))
    return {
      asked,
      askCode,
      isAsked,
      answer: (code: string) => open.at(-1)!.resolve(code),
      leave: (error: Error) => open.at(-1)!.reject(error),
    }
  }

  test('asks for its code once for all calls, also those of another region, and sends it with the serial number', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const renewals = new Renewals()
    const [account, standIn] = await opened({ profile: 'p', askCode, renewals }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : callerIdentity,
    )
    const other = await openAccount({
      endpointUrl: standIn.url,
      profile: 'p',
      region: 'us-east-1',
      env: files,
      askCode,
      renewals,
    })
    onTestFinished(() => other[Symbol.asyncDispose]())
    const calls = Promise.all([account.identity(never), other.identity(never), account.identity(never)])
    await isAsked()
    answer('123456')
    await calls
    expect(asked).toEqual([{ profile: 'p', serial, isRepeated: false }])
    expect(standIn.asked.map(({ action }) => action).filter((action) => action === 'AssumeRole')).toHaveLength(1)
    expect(standIn.asked[0]).toMatchObject({
      accessKeyId: 'BASE',
      input: { SerialNumber: serial, TokenCode: '123456' },
    })
  })

  test('asks again for a code that AWS refuses, three times at most', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const [account] = await opened({ profile: 'p', askCode }, () => wrong)
    const call = account.identity(never)
    call.catch(() => undefined)
    for (const count of [1, 2, 3]) {
      await isAsked(count)
      answer('000000')
    }
    await expect(call).rejects.toMatchObject({
      code: 'credentials-expired',
      message: expect.stringMatching(/did not accept the code .* "p": retry/),
    })
    expect(asked.map(({ isRepeated }) => isRepeated)).toEqual([false, true, true])
  })

  test('is not waited for by a resume, whose next one joins the question, nor asked for by an ending', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const [account] = await opened({ profile: 'p', askCode }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : startedSession,
    )
    await expect(account.terminateSession('s', never)).rejects.toMatchObject({ code: 'credentials-expired' })
    expect(asked).toEqual([])
    const wanted = { code: 'credentials-expired', message: expect.stringContaining('"p"') }
    await expect(account.resumeSession('s', never)).rejects.toMatchObject(wanted)
    await expect(account.resumeSession('s', never)).rejects.toMatchObject(wanted)
    // A deadline that passes while a person is asked is not the reason.
    await expect(account.startSession({ target: 'i-1' }, AbortSignal.timeout(20))).rejects.toMatchObject(wanted)
    await isAsked()
    const waiting = account.startSession({ target: 'i-1' }, never)
    answer('123456')
    await waiting
    await account.resumeSession('s', never)
    expect(asked).toHaveLength(1)
  })

  test('is good until it expires where nobody renews it ahead, and what is denied asks for no code', async () => {
    const { asked, askCode, isAsked, answer, leave } = person()
    const [account, standIn] = await opened({ profile: 'p', askCode }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : jsonError('AccessDeniedException'),
    )
    const start = Date.now()
    const call = account.startSession({ target: 'i-1' }, never)
    await isAsked()
    answer('123456')
    await expect(call).rejects.toMatchObject({ code: 'access-denied' })
    expect(asked).toHaveLength(1)
    vi.useFakeTimers({ toFake: ['Date'], now: start + 57 * 60_000 })
    await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({ code: 'access-denied' })
    expect(standIn.asked.at(-1)!.accessKeyId).toBe('ROLE')
    await isAsked(2)
    leave(new Error('not now'))
  })

  test('whose source has no keys asks for nothing, and one where nobody can be asked says what to do', async () => {
    const { asked, askCode } = person()
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('"aws sts get-session-token"'),
    })
    await config(`[profile p]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=none\nmfa_serial=${serial}\n`)
    const [second] = await opened({ profile: 'p', askCode })
    await expect(second.identity(never)).rejects.toMatchObject({ code: 'profile-unknown' })
    expect(asked).toEqual([])
  })
})
