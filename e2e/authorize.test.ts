// culvert authorize and culvert connect as real processes: the second one has an empty environment and gets the token by a pipe.

import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { makePlace, type Place, type Window } from './kit/aws/core'
import { start, type Running } from './kit/programs/cli'
import { begin, bundle, env, folder, open, run, setEnv, simulator, stageCli } from './kit/stages/cli'

// Two programs start before the client of a portable session comes.
stageCli({ firstClientMs: 80_000 })

/** Starts `culvert connect` in an empty environment. */
function connectWith(...args: string[]): Running {
  const running = start(bundle, ['connect', ...args], {})
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

/** The value of an aligned `Key: value` line, as soon as it is printed. */
function printed(running: Running, key: string): Promise<string> {
  return vi.waitFor(() => {
    const found = new RegExp(`^  ${key}: +(.+)$`, 'm').exec(running.printed())?.[1]
    if (found === undefined) throw new Error(`${key} is not printed: ${running.printed()} ${running.told()}`)
    return found
  })
}

/** Sends bytes to a local port, and resolves with what comes back. */
function echoed(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.once('data', (bytes: Buffer) => {
      resolve(bytes.toString())
      socket.resetAndDestroy()
    })
    socket.write(text)
  })
}

/** A running Culvert on a data directory, which the commands of this test find. */
async function runningCulvert(): Promise<{ place: Place; window: Window }> {
  const place = await makePlace()
  const window = await place.open()
  onTestFinished(async () => {
    await window[Symbol.asyncDispose]()
    await place.close()
  })
  setEnv({ ...env, CULVERT_DATA_DIR: place.dataDirectory })
  return { place, window }
}

const echo = ['web-2', '--remote-port', '7'] as const

test('the running Culvert authorizes; a process with an empty environment listens by a pipe, and its end ends the session', async () => {
  const { place, window } = await runningCulvert()
  const authorize = begin('authorize', ...echo, '--demo', '--connection-limit', '2', '--expires', '30m')
  const proxy = connectWith('--authz', '-')
  authorize.child.stdout.pipe(proxy.child.stdin)
  expect(await authorize.ended).toMatchObject({ status: 0, stderr: '' })
  expect(authorize.printed()).toMatch(
    /^Target information:\n  Authorization Token: culvert-authz-1\.\S+\n  Connection Limit: +2\n  Created Time: +\d{4}-\d\d-\d\dT/,
  )
  expect(await printed(authorize, 'Session ID')).toMatch(/^pending:[0-9a-f]{12}$/)
  expect(await printed(authorize, 'Target ID')).toBe('web-2')
  const port = Number(await printed(proxy, 'Port'))
  expect(proxy.printed()).toMatch(/^Proxy listening information:\n  Address: +127\.0\.0\.1\n  Connection Limit: 2\n/)
  expect(await echoed(port, 'hello')).toBe('hello')
  expect(place.active()).toEqual([await printed(proxy, 'Session ID')])
  const token = await printed(authorize, 'Authorization Token')
  const second = connectWith('--authz', '-')
  second.child.stdin.end(`${token}\n`)
  const { status, stderr } = await second.ended
  expect(status).toBe(1)
  expect(stderr).toMatch(
    /^culvert: authorization-refused: The authorization was used already, at \d\d:\d\d: it works once\./,
  )
  proxy.child.kill('SIGINT')
  expect((await proxy.ended).status).toBe(0)
  await vi.waitFor(() => expect(place.active()).toEqual([]))
  await vi.waitFor(() =>
    expect(window.journal.map(({ text }) => text).filter((text) => text.includes('authorization'))).toEqual([
      expect.stringMatching(/^has an authorization pending: web-2 \(i-\w+\), port 7\./),
      expect.stringMatching(/^had an authorization redeemed/),
      expect.stringMatching(/^had the session of an authorization end/),
    ]),
  )
  expect(JSON.stringify(window.journal)).not.toContain(token)
})

test('authorize --hold keeps it itself, and is done when the last connection has closed; a file gives the token', async () => {
  const hold = begin('authorize', ...echo, '--hold', '--json')
  const answer = await vi.waitFor(() => JSON.parse(hold.printed()) as { authorizationToken: string; hostId: string })
  expect(answer).toMatchObject({ connectionLimit: 1, type: 'tcp', targetId: 'web-2' })
  expect(open()).toEqual([])
  const listed = JSON.parse((await run(['sessions', 'list', '--active', '--json'])).text) as { id: string }[]
  expect(listed).toEqual([expect.objectContaining({ state: 'pending', holder: 'mine', targetName: 'web-2' })])
  const { status: kept, stderr: why } = await run(['sessions', 'cancel', '--yes', listed[0]?.id ?? ''])
  expect([kept, why]).toEqual([1, expect.stringContaining(`--hold, process ${String(hold.child.pid)}: end it there`)])
  const file = path.join(folder, 'token')
  await writeFile(file, answer.authorizationToken, { mode: 0o600 })
  const proxy = connectWith('--authz-file', file, '--json')
  const listening = await vi.waitFor(() => JSON.parse(proxy.printed().split('\n')[0] ?? '') as { port: number })
  expect(listening).toMatchObject({ type: 'listening', address: '127.0.0.1', connectionLimit: 1, protocol: 'tcp' })
  expect(await echoed(listening.port, 'x')).toBe('x')
  expect(await proxy.ended).toMatchObject({ status: 0, stderr: '' })
  expect(JSON.parse(proxy.printed().split('\n')[1] ?? '')).toMatchObject({ type: 'ended' })
  const { status, stderr } = await hold.ended
  expect([status, stderr]).toEqual([0, expect.stringMatching(/The session has ended\.\n$/)])
  expect(open()).toEqual([])
})

test('a shell of a saved target opens in an empty environment, and takes a script by the same pipe', async () => {
  const { window } = await runningCulvert()
  const set = { hosts: 'Name=web-2', choice: 'random' } as const
  await window.ask('target.create', { name: 'shells', set, maxDurationMinutes: 30 })
  const { text } = await run(['targets', 'authorize', 'shells', '--json'])
  const { authorizationToken, ...answer } = JSON.parse(text) as { authorizationToken: string }
  expect(answer).toMatchObject({ type: 'shell', hostName: 'web-2', connectionLimit: 1, targetId: 'shells' })
  const shell = connectWith('--authz', '-')
  shell.child.stdin.end(`${authorizationToken}\necho $((6 * 7))\n`)
  expect((await shell.ended).status).toBe(0)
  expect(shell.printed()).toMatch(/^42/m)
})

test('--portable by a pipe: an endpoint of this computer has to be named; then the port works, and the session is ended with it', async () => {
  const authorize = begin('authorize', ...echo, '--portable')
  const text = await vi.waitFor(() => {
    if (!authorize.printed().includes('User ID')) throw new Error('not printed')
    return authorize.printed()
  })
  expect(authorize.told()).toMatch(/The token is a secret/)
  const [id] = open()
  expect(await printed(authorize, 'Session ID')).toBe(id)
  const astray = connectWith('--authz', '-')
  astray.child.stdin.end(text)
  expect(await astray.ended).toMatchObject({ status: 1, stderr: expect.stringMatching(/stream-url-refused/) as string })
  const proxy = connectWith('--authz', '-', '--endpoint-url', simulator.endpointUrl)
  proxy.child.stdin.end(text)
  expect(await echoed(Number(await printed(proxy, 'Port')), 'far')).toBe('far')
  expect(await proxy.ended).toMatchObject({ status: 0, stderr: expect.stringMatching(/1 connection in all/) as string })
  authorize.child.kill('SIGINT')
  await authorize.ended
  expect(open()).toEqual([])
})

test('where no Culvert runs, both ways to authorize are named; a token on a command line is refused', async () => {
  setEnv({ ...env, CULVERT_DATA_DIR: folder })
  const none = await run(['authorize', ...echo])
  expect(none).toMatchObject({ status: 1, text: '' })
  expect(none.stderr).toMatch(/^culvert: not-running: .*start its window or its web page.* --hold\.\n$/)
  const typed = connectWith('--authz', 'culvert-authz-1.0123456789ab.x')
  expect((await typed.ended).status).toBe(2)
  expect(simulator.sessions()).toEqual([])
})
