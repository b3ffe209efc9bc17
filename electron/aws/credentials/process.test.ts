// A credential_process: how it is run, what it may print, and how it ends.

import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AppError } from '../../../shared/errors'
import { startBundled } from '../../../e2e/kit/programs/bundled'
import { startCredentialProcess } from './process'
import { ProcessGroups } from './processgroups'
import { callerIdentity, startStandIn } from '../../../e2e/kit/aws/awsstandin'
import { config, folder, keys, never, node, opened, program, stageProcesses, startRollCall } from './process.kit'

stageProcesses()

const printing = (answer: unknown): string => `console.log(${JSON.stringify(JSON.stringify(answer))})\n`

describe('a credential_process', () => {
  /** Runs a command line, and takes care that it leaves nothing behind here. */
  async function run(command: string, env: NodeJS.ProcessEnv = process.env) {
    const groups = new ProcessGroups()
    const listeners = process.listenerCount('exit')
    const { done } = startCredentialProcess({ profile: 'p', command, env, groups, signal: never })
    const outcome = await done.catch((error: AppError) => error)
    expect([groups.size, process.listenerCount('exit')]).toEqual([0, listeners])
    return outcome
  }
  const name = 'The credential_process of the profile "p"'
  const seeWhy = 'run it by hand to see why, then try again.'

  test('is run by the shell, with the environment of the account and without stdin', async () => {
    const answer = JSON.stringify({ ...keys, AccessKeyId: '$THEIRS' }).replaceAll('"', String.raw`\"`)
    expect(await run(`cat && echo "${answer}" | cat`, { ...process.env, THEIRS: 'FROM-ENV' })).toEqual({
      accessKeyId: 'FROM-ENV',
      secretAccessKey: 's',
    })
  })

  test('of a profile gets the variables that the account was given', async () => {
    await config(`[profile p]\ncredential_process = ${node} -p 'process.env.ANSWER'\n`)
    const [account, standIn] = await opened({}, { ANSWER: JSON.stringify(keys) })
    await account.identity(never)
    expect(standIn.asked[0]?.accessKeyId).toBe('PROC')
  })

  test('gives token and expiry, and may print null for what it does not have', async () => {
    const Expiration = '2099-01-02T03:04:05Z'
    expect(await run(await program('all', printing({ ...keys, SessionToken: 't', Expiration })))).toEqual({
      accessKeyId: 'PROC',
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: new Date(Expiration),
    })
    const bare = { ...keys, SessionToken: null, Expiration: '', AccountId: '123456789012' }
    expect(await run(await program('bare', printing(bare)))).toEqual({ accessKeyId: 'PROC', secretAccessKey: 's' })
  })

  test.each([
    ['printed nothing', '', ''],
    ['printed something that is not JSON', 'hunter2', ''],
    ['printed JSON without a valid answer', '[]', ''],
    ['printed JSON without a valid answer', 'null', ''],
    ['printed JSON without a valid Version', { ...keys, Version: 2 }, ''],
    ['printed JSON without a valid Version', { ...keys, Version: '1' }, ''],
    ['printed JSON without a valid AccessKeyId', { ...keys, AccessKeyId: '' }, ''],
    ['printed JSON without a valid SecretAccessKey', { Version: 1, AccessKeyId: 'A' }, ' (it said: no key today)'],
    ['printed JSON without a valid SessionToken', { ...keys, SessionToken: 7 }, ''],
    ['printed JSON without a valid Expiration', { ...keys, Expiration: 'soon' }, ''],
  ])('that %s (%j) is told so, and not what it printed', async (why, answer, said) => {
    const print = typeof answer === 'string' ? `process.stdout.write(${JSON.stringify(answer)})\n` : printing(answer)
    const says = said === '' ? '' : "console.error('no key today')\n"
    expect(await run(await program('answer', says + print))).toMatchObject({
      code: 'credentials-missing',
      message: `${name} ${why}${said}: run it by hand to see what it prints.`,
    })
  })

  test('whose answer has expired is credentials-expired', async () => {
    const answer = { ...keys, Expiration: new Date(Date.now() - 1_000).toISOString() }
    expect(await run(await program('expired', printing(answer)))).toMatchObject({
      code: 'credentials-expired',
      message: `${name} returned credentials that have expired: log in with it again.`,
    })
  })

  test('that does not exist, fails, or is killed is told with how it ended', async () => {
    expect(await run('/nowhere/login --json')).toMatchObject({
      code: 'credentials-missing',
      message: expect.stringMatching(/failed with exit status 127 \(it said: .*\/nowhere\/login: not found\): run it/),
    })
    expect(await run('exit 7')).toMatchObject({ message: `${name} failed with exit status 7: ${seeWhy}` })
    expect(await run('kill -SEGV $$')).toMatchObject({ message: `${name} was ended by SIGSEGV: ${seeWhy}` })
  })

  test('that prints more than 1 MiB is stopped', async () => {
    expect(await run('yes')).toMatchObject({
      code: 'credentials-missing',
      message: `${name} printed more than 1 MiB and was stopped: ${seeWhy}`,
    })
  })

  test('that says very much is told with its last words alone, in one line, without secrets and without colours', async () => {
    const source =
      "const line = 'x'.repeat(99) + '\\n'\nfor (let i = 0; i < 5_000; i += 1) process.stderr.write(line)\n" +
      String.raw`process.stderr.write('\u001b[31mAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\u001b[0m\n\u202Elogin\u200b \u0007expired\r\n')` +
      '\nprocess.exitCode = 1\n'
    const { message } = (await run(await program('loud', source))) as AppError
    expect(message).toMatch(/^.{1,500}$/)
    expect(message).toMatch(
      /\(it said: ….*x AWS_SECRET_ACCESS_KEY=\[redacted\] \u202Elogin\u200b expired\): run it by hand/,
    )
  })

  test('that leaves a program behind which keeps its stdout is not waited for', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { hanging, present, allGone } = await startRollCall()
    const child = await program('hang', hanging)
    const exited = join(folder, 'exited')
    const groups = new ProcessGroups()
    const command = `${child} & ${await program('answer', printing(keys))}; touch "${exited}"`
    const { done } = startCredentialProcess({ profile: 'p', command, env: process.env, groups, signal: never })
    await present(1)
    let isDone = false
    const answer = done.finally(() => {
      isDone = true
    })
    // The shell's end cannot be seen from here: time goes on until it has been.
    while (!isDone) {
      if (
        await access(exited).then(
          () => true,
          () => false,
        )
      )
        vi.advanceTimersByTime(100)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await answer).toEqual({ accessKeyId: 'PROC', secretAccessKey: 's' })
    await allGone()
  })

  test('that has ended leaves its children in the background alone, as long as they do not keep its stdout', async () => {
    const { hanging, present } = await startRollCall()
    const child = await program('hang', hanging)
    const pidFile = join(folder, 'pid')
    const command = `${child} >/dev/null 2>&1 & echo $! > "${pidFile}"; ${await program('answer', printing(keys))}`
    expect(await run(command)).toEqual({ accessKeyId: 'PROC', secretAccessKey: 's' })
    await present(1)
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
  })
})

test('a process without descriptors says so, and neither blames the network nor the profile', async () => {
  const standIn = await startStandIn(() => callerIdentity)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  await config(`[profile p]\ncredential_process = true\n`)
  const source = `
    import { openSync } from 'node:fs'
    import { openAccount } from './account'
    import { startCredentialProcess } from './credentials/process'
    import { ProcessGroups } from './credentials/processgroups'
    import { listProfiles } from './profiles/profiles'
    const { signal } = new AbortController()
    const env = { AWS_CONFIG_FILE: ${JSON.stringify(join(folder, 'config'))}, AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's' }
    const open = (endpointUrl: string) => openAccount({ endpointUrl, region: 'eu-central-1', env })
    const accounts = [await open(${JSON.stringify(standIn.url)}), await open('http://ssm.culvert.invalid')]
    // Loads what is loaded at the first call.
    const first = await open(${JSON.stringify(standIn.url)})
    await first.identity(signal)
    await first[Symbol.asyncDispose]()
    try { for (;;) openSync('/dev/null', 'r') } catch {}
    const tell = (what: string) => (error: unknown) => console.log(what + ' ' + String((error as { code: string }).code) + ' ' + (error as Error).message)
    await accounts[0]!.identity(signal).catch(tell('address'))
    await accounts[1]!.identity(signal).catch(tell('name'))
    await accounts[1]!.listInstances(signal).catch(tell('module'))
    await listProfiles(env).catch(tell('profiles'))
    const program = startCredentialProcess({ profile: 'p', command: 'true', env, groups: new ProcessGroups(), signal })
    await program.done.catch(tell('program'))
  `
  const started = await startBundled(source, { folder, command: 'ulimit -n 64; exec "$0" "$1"' })
  const [said, errors] = await Promise.all([text(started.stdout), text(started.stderr)])
  const sentence =
    'internal Culvert has as many files and connections open as it may (EMFILE): close connections or terminals, or start it with a higher limit (ulimit -n).'
  expect([said, errors]).toEqual([
    ['address', 'name', 'module', 'profiles', 'program'].map((what) => `${what} ${sentence}\n`).join(''),
    '',
  ])
})
