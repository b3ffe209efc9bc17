// The code of a second factor, asked for in the window and on the terminal: the whole core and the built command line, over a
// simulator whose STS gives out keys of a role for a code.

import { spawn as spawnPty, type IPty } from '@lydell/node-pty'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createCore } from '../electron/core/core'
import { defaultTiming } from '../electron/core/sessions/timing'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { bundledPrograms } from './kit/programs/cli'
import { Window } from './kit/aws/core'
import { CODE, OPS_ACCOUNT, OPS_CONFIG, SERIAL } from './kit/aws/sts'

let simulator: Simulator
let home: string
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'culvert-questions-'))
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, ...OPS_ACCOUNT })
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, '.aws', 'config'), OPS_CONFIG)
  env = {
    HOME: home,
    PATH: process.env['PATH'],
    TERM: 'xterm-256color',
    AWS_REGION: simulator.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: simulator.endpointUrl,
  }
})

afterEach(async () => {
  await simulator[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

/** Every code that STS was sent, oldest first. */
const codes = () => simulator.assumed.map(({ code }) => code)

/** A terminal of 200 columns with a program in it. */
class Terminal {
  screen = ''
  readonly #pty: IPty

  constructor(program: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#pty = spawnPty(program, args, { cols: 200, rows: 24, env: env as Record<string, string> })
    this.#pty.onData((data) => {
      this.screen += data
    })
    onTestFinished(() => this.#pty.kill('SIGKILL'))
  }

  write(keys: string): void {
    this.#pty.write(keys)
  }

  async shows(pattern: RegExp): Promise<void> {
    await vi.waitFor(() => expect(this.screen).toMatch(pattern))
  }
}

test('a window asks once for each renewal, not for what tries again by itself, and again for a person; the code is kept nowhere', async () => {
  const core = await createCore({
    dataDirectory: join(home, 'data'),
    door: 'test',
    env,
    profile: 'ops',
    spawnDemo: () => Promise.reject(new Error('this is an account')),
    timing: { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 50 },
  })
  await using window = new Window(core)
  const heard: string[] = []
  core.subscribe((_, event) => heard.push(JSON.stringify(event)))
  const question = () => window.until(({ questions }) => questions[0])

  // Two calls need credentials at the start.
  const first = await question()
  expect(first).toMatchObject({ kind: 'mfa', profile: 'ops', serial: SERIAL, isRepeated: false })
  await expect(core.handle('question.answer', { questionId: first.id, text: '12345' })).rejects.toMatchObject({
    code: 'usage',
  })
  await window.ask('question.answer', { questionId: first.id, text: '000000' })
  const second = await question()
  expect(second).toMatchObject({ isRepeated: true })
  await window.ask('question.answer', { questionId: second.id, text: CODE })
  const instanceId = await window.instance('web-2')
  expect(window.state.questions).toEqual([])

  const fields = { name: 'echo', target: { kind: 'id', instanceId }, remotePort: 7, startAtLaunch: false } as const
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  const { sessionId } = await window.reach(forwardId, 'up')

  // The hour is over.
  simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
  simulator.cut(sessionId, 'close-1000')
  const third = await question()
  expect(await window.reach(forwardId, 'waiting')).toMatchObject({
    for: 'login',
    cause: { message: expect.stringContaining('"ops"') },
  })
  const tries = new Set<number>()
  await window.ask('question.dismiss', { questionId: third.id })
  await window.until(() => {
    const { state } = window.forward(forwardId)
    // Looking again by itself is nothing new to a person.
    expect(state.kind).toBe('waiting')
    if (state.kind === 'waiting' && state.retryAt !== undefined) tries.add(state.retryAt)
    expect(window.state.questions).toEqual([])
    return tries.size > 4
  })
  expect(window.forward(forwardId).state).toMatchObject({
    cause: { message: expect.stringContaining('retry to be asked') },
  })

  await window.ask('forward.retry', { forwardId })
  const fourth = await question()
  await window.ask('question.answer', { questionId: fourth.id, text: CODE })
  expect(await window.reach(forwardId, 'up')).toMatchObject({ sessionId })
  expect(codes()).toEqual(['000000', CODE, CODE])
  expect(heard.join('\n')).toContain(SERIAL)
  for (const secret of [CODE, '000000']) expect(heard.filter((each) => each.includes(`"${secret}"`))).toEqual([])
})

test('the command line asks on the terminal, hidden and again for a refused code, and says so where there is none', async () => {
  const bundle = bundledPrograms()
  const args = [bundle.cli, 'ls', '--profile', 'ops', '--json']
  // A script on stdin and a pipe on stdout: the terminal is asked all the same.
  const script = `"${process.execPath}" ${args.map((arg) => `"${arg}"`).join(' ')} </dev/null >"${join(home, 'out')}"; echo "status=$?"; stty -a`
  const terminal = new Terminal('sh', ['-c', script], env)
  await terminal.shows(/^Code of arn:aws:iam::111122223333:mfa\/ann for the profile "ops" \(not shown\): /)
  terminal.write('999999\r')
  await terminal.shows(/AWS did not accept that code/)
  // A slip of the finger is taken back.
  terminal.write(`${CODE.slice(0, 5)}7\u007f${CODE.slice(5)}\r`)
  await terminal.shows(/status=0[\s\S]* echo /)
  expect(terminal.screen).not.toContain('999999')
  expect(terminal.screen).not.toContain(CODE)
  expect(codes()).toEqual(['999999', CODE])

  // In a session of its own a process has no terminal.
  const detached = spawn(process.execPath, [bundle.cli, 'ls', '--profile', 'ops'], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(detached, 'exit')
  const told = await text(detached.stderr)
  expect(await ended).toEqual([1, null])
  expect(told).toMatch(/^culvert: credentials-missing: The profile "ops" wants the code .* no terminal/)
})

test('culvert shell gives its keys to the question while it is asked, and takes them back', async () => {
  const bundle = bundledPrograms()
  const terminal = new Terminal(process.execPath, [bundle.cli, 'shell', '--profile', 'ops', 'web-2'], env)
  await terminal.shows(/^Code of /)
  terminal.write(`${CODE}\r`)
  await terminal.shows(/[$#] /)
  terminal.write('echo before-$((40+2))\r')
  await terminal.shows(/before-42/)

  // The hour is over.
  simulator.faults.apply({ kind: 'expire-credentials' })
  const [session] = simulator.sessions()
  simulator.cut(session!.id, 'close-1000')
  await terminal.shows(
    /before-42[\s\S]*\r\nCode of arn:aws:iam::111122223333:mfa\/ann for the profile "ops" \(not shown\): /,
  )
  terminal.write(`${CODE}\recho after-$((40+2))\r`)
  await terminal.shows(/after-42/)
  expect(terminal.screen).not.toContain(CODE)
  expect(simulator.sessions()).toHaveLength(1)
  expect(codes()).toEqual([CODE, CODE])
})
