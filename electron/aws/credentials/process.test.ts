import { once } from 'node:events'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AppError } from '../../../shared/errors'
import { openAccount, type Account, type AwsOptions } from '../account'
import { startBundled } from '../../../e2e/kit/bundled'
import { startCredentialProcess } from './process'
import { ProcessGroups } from './processgroups'
import { Renewals } from './renewal'
import { assumedRole, callerIdentity, startStandIn, startedSession, type StandIn } from '../../../e2e/kit/awsstandin'

const never = new AbortController().signal
const node = `"${process.execPath}"`

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-process-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true })
})

const config = (lines: string): Promise<void> => writeFile(join(folder, 'config'), lines)

/** A program that runs `source`, as a command line. */
async function program(name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(path, source)
  return `${node} "${path}"`
}

/** Where hanging programs call in, so that a test sees them live and die: a socket closes when its process ends. */
async function startRollCall() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const sockets: Socket[] = []
  const gone: Promise<unknown>[] = []
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    // Read, or the end would never be seen.
    socket.resume()
    sockets.push(socket)
    gone.push(new Promise((resolve) => socket.once('close', resolve)))
    server.emit('present')
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    /** Source of a program that calls in and then does nothing, for ever. */
    hanging: `import { connect } from 'node:net'\nconnect(${port}, '127.0.0.1').on('error', () => process.exit(9))\n`,
    /** Resolves when `count` have called in. */
    present: async (count: number): Promise<void> => {
      while (sockets.length < count) await once(server, 'present')
    },
    /** Resolves when all that have called in have ended. */
    allGone: () => Promise.all(gone),
  }
}

async function opened(options: Partial<AwsOptions> = {}, env: NodeJS.ProcessEnv = {}): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(({ action }) => {
    if (action === 'StartSession') return startedSession
    return action === 'AssumeRole'
      ? assumedRole('AssumeRole', 'ROLE', new Date(Date.now() + 3_600_000))
      : callerIdentity
  })
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    endpointUrl: standIn.url,
    profile: 'p',
    ...options,
    env: {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'eu-central-1',
      ...env,
    },
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

const failure = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('it did not fail')
    },
    (error: AppError) => error,
  )

const printing = (answer: unknown): string => `console.log(${JSON.stringify(JSON.stringify(answer))})\n`
const keys = { Version: 1, AccessKeyId: 'PROC', SecretAccessKey: 's' }

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
    await accounts[0]!.identity(signal)
    await accounts[0]![Symbol.asyncDispose]()
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
