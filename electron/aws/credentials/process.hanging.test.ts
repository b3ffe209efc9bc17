// A credential_process that hangs: who is told, when it is stopped, and what else waits.

import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { AppError } from '../../../shared/errors'
import type { Account } from '../parts'
import { startBundled } from '../../../e2e/kit/programs/bundled'
import { Renewals } from './renewal'
import { config, folder, keys, never, opened, program, stageProcesses, startRollCall } from './process.kit'

stageProcesses()

const failure = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: AppError) => error,
  )

describe('a credential_process that hangs', () => {
  test('is told to a caller whose time is up, and not as an answer that AWS owes', async () => {
    const { hanging, present } = await startRollCall()
    await config(`[profile p]\ncredential_process = ${await program('hang', hanging)}\n`)
    const [account, standIn] = await opened()
    const deadline = new AbortController()
    const call = failure(account.startSession({ target: 'i-1' }, deadline.signal))
    await present(1)
    deadline.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    expect(await call).toMatchObject({
      code: 'credentials-missing',
      message:
        'The credential_process of the profile "p" has not answered yet: see whether it waits for a login or a confirmation, or run it by hand.',
    })
    expect(standIn.asked).toEqual([])
  })

  test('is no reason for a caller who goes away: that hears its own', async () => {
    const { hanging, present } = await startRollCall()
    await config(`[profile p]\ncredential_process = ${await program('hang', hanging)}\n`)
    const [account] = await opened()
    const leaving = new AbortController()
    const call = failure(account.identity(leaving.signal))
    await present(1)
    const reason = new Error('interrupted')
    leaving.abort(reason)
    expect(await call).toBe(reason)
  })

  test('is stopped after 60 s with all that it has started, and its last words are told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { hanging, present, allGone } = await startRollCall()
    const child = await program('child', hanging)
    const parent = await program('parent', `${hanging}\nconsole.error('Open https://login.example in a browser')\n`)
    await config(`[profile p]\ncredential_process = ${child} & ${child} | ${parent}\n`)
    const [account] = await opened()
    const call = failure(account.identity(never))
    await present(3)
    // What it says is read while it runs.
    const said = startsWithSaid(account)
    await said
    vi.advanceTimersByTime(59_000)
    vi.advanceTimersByTime(1_000)
    expect(await call).toMatchObject({
      code: 'credentials-missing',
      message:
        'The credential_process of the profile "p" did not answer within 60 s and was stopped (it said: Open https://login.example in a browser): run it by hand to see why, then try again.',
    })
    await allGone()
  })

  /** Resolves when what the program has said has arrived: callers whose time is up are told of it. */
  async function startsWithSaid(account: Account): Promise<void> {
    for (;;) {
      const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
      const { message } = await failure(account.identity(late))
      if (message.includes('(it said: Open')) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  test.each([
    ['as the source of a role', '[profile p]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=base\n'],
    [
      'as the source of a role that is the source of two more',
      '[profile p]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=b\n' +
        '[profile b]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=c\n' +
        '[profile c]\nrole_arn=arn:aws:iam::1:role/c\nsource_profile=base\n',
    ],
  ])('%s is named, and ends with the account', async (_, roles) => {
    const { hanging, present, allGone } = await startRollCall()
    const child = await program('hang', hanging)
    await config(`${roles}[profile base]\ncredential_process = ${child} & ${child}\n`)
    const [account] = await opened()
    const deadline = new AbortController()
    const late = failure(account.identity(deadline.signal))
    const call = failure(account.identity(never))
    await present(2)
    deadline.abort(new DOMException('late', 'TimeoutError'))
    expect((await late).message).toContain('The credential_process of the profile "base" has not answered yet')
    await account[Symbol.asyncDispose]()
    expect(await call).toMatchObject({ code: 'credentials-missing', message: expect.stringContaining('was closed') })
    await allGone()
  })

  test('does not outlive this process: its end kills all that it has started', async () => {
    const { hanging, present, allGone } = await startRollCall()
    const child = await program('hang', hanging)
    const source =
      "import { startCredentialProcess } from './credentials/process'\nimport { ProcessGroups } from './credentials/processgroups'\n" +
      `const command = ${JSON.stringify(`${child} & ${child}`)}\n` +
      'const signal = new AbortController().signal\n' +
      "startCredentialProcess({ profile: 'p', command, env: process.env, groups: new ProcessGroups(), signal }).done.catch(() => 0)\n" +
      "process.on('SIGTERM', () => process.exit(3))\n"
    const started = await startBundled(source, { folder })
    const ended = once(started, 'exit')
    await present(2)
    started.kill('SIGTERM')
    expect(await ended).toEqual([3, null])
    await allGone()
  })

  test('of an account that was closed is begun anew for another account that waits for the same', async () => {
    const { hanging, present, allGone } = await startRollCall()
    const mark = join(folder, 'mark')
    const source =
      `import { existsSync, writeFileSync } from 'node:fs'\nconst isFirst = !existsSync(${JSON.stringify(mark)})\n` +
      `writeFileSync(${JSON.stringify(mark)}, '')\nif (isFirst) await import(${JSON.stringify(join(folder, 'hang.mjs'))})\n` +
      `else console.log(${JSON.stringify(JSON.stringify(keys))})\n`
    await program('hang', hanging)
    await config(`[profile p]\ncredential_process = ${await program('first', source)}\n`)
    const renewals = new Renewals()
    const env = { AWS_CONFIG_FILE: join(folder, 'config') }
    const [first, standIn] = await opened({ renewals })
    const [second] = await opened({ renewals, region: 'us-east-1', endpointUrl: standIn.url }, env)
    const one = failure(first.identity(never))
    await present(1)
    const other = second.identity(never)
    await first[Symbol.asyncDispose]()
    expect((await one).message).toContain('was closed')
    await other
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['PROC'])
    await allGone()
  })

  test('while credentials are still good holds up no call for longer than 10 s', async () => {
    const { hanging, present } = await startRollCall()
    const mark = join(folder, 'mark')
    const start = Date.now()
    const answer = { ...keys, Expiration: new Date(start + 3_600_000).toISOString() }
    await program('hang', hanging)
    const source =
      `import { existsSync, writeFileSync } from 'node:fs'\nconst isFirst = !existsSync(${JSON.stringify(mark)})\n` +
      `writeFileSync(${JSON.stringify(mark)}, '')\nif (isFirst) console.log(${JSON.stringify(JSON.stringify(answer))})\n` +
      `else await import(${JSON.stringify(join(folder, 'hang.mjs'))})\n`
    await config(`[profile p]\ncredential_process = ${await program('second', source)}\n`)
    const [account, standIn] = await opened()
    await account.identity(never)
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout', 'performance'], now: start + 56 * 60_000 })
    const call = account.identity(never)
    await present(1)
    vi.advanceTimersByTime(10_000)
    // The request is signed without another wait.
    while (standIn.asked.length < 2) {
      vi.advanceTimersByTime(0)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await call
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['PROC', 'PROC'])
  })
})
