// Recording and draining of the command line: the real program, the core of the app on its data directory, and files.

import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { environmentId } from '../shared/environmentsettings'
import { makePlace, type Place, type Window } from './kit/aws/core'
import { bundledPrograms, environmentOf, start, type Running } from './kit/programs/cli'

let place: Place
let app: Window
let isAppOpen: boolean

beforeEach(async () => {
  place = await makePlace()
  app = await place.open('account')
  isAppOpen = true
})
afterEach(async () => {
  await endApp()
  expect(place.active()).toEqual([])
  await place.close()
})

async function endApp(): Promise<void> {
  if (isAppOpen) await app[Symbol.asyncDispose]()
  isAppOpen = false
}

function begin(...args: string[]): Running {
  const env = { ...environmentOf(place.simulator), CULVERT_DATA_DIR: place.dataDirectory }
  const running = start(bundledPrograms(), args, env)
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

async function run(args: readonly string[], input = '') {
  const running = begin(...args)
  running.child.stdin.end(input)
  const { status, stdout, stderr } = await running.ended
  return { status, stdout: stdout.toString(), stderr }
}

/** Sets the recording of the command line’s environment to `always`. */
async function recordAlways(): Promise<void> {
  const { name, region } = await app.until(({ environment }) => environment.region !== '' && environment)
  await app.ask('settings.set', { environments: { [environmentId(name, region)]: { recording: 'always' } } })
}

/** Saves a drain to a file; resolves with its path. */
async function drainToFile(isRequired: boolean): Promise<string> {
  const { ref } = await app.until(({ environment }) => environment.region !== '' && environment)
  const file = path.join(place.home, 'audit.jsonl')
  await app.ask('drain.create', {
    name: 'audit',
    environment: ref,
    destination: { kind: 'file', path: file, maxMegabytes: 1, keep: 1 },
    isRaw: false,
    isRequired,
    isEnabled: true,
    secrets: {},
  })
  return file
}

const recordings = (): Promise<string[]> => readdir(path.join(place.dataDirectory, 'recordings')).catch(() => [])

test('--record writes the output into a new file of this user, and never over another one', async () => {
  const file = path.join(place.home, 'one.cast')
  const first = await run(['shell', 'web-2', '--record', file], 'echo one-$((40 + 2))\n')
  expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('The output of this session is recorded.') })
  expect(first.stderr).toContain('Passwords that are not echoed are not in it')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const written = await readFile(file, 'utf8')
  expect(written).toContain('one-42')
  const second = await run(['exec', 'web-2', '--record', file, '--', 'echo', 'two'])
  expect(second).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('recording-failed: ') })
  expect(second.stderr).toContain('choose another name (EEXIST)')
  expect(await readFile(file, 'utf8')).toBe(written)
})

test('the running Culvert records and drains what a command prints; without it the command records alone and says so', async () => {
  await recordAlways()
  const file = await drainToFile(false)
  const handed = await run(['exec', 'web-2', '--', 'echo', 'handed-over'])
  expect(handed).toMatchObject({ status: 0, stdout: 'handed-over\n' })
  expect(handed.stderr).toContain('is recorded and goes to audit.')
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('handed-over'))
  const listed = await app.ask('recording.list', {})
  expect(listed.recordings.map(({ kind }) => kind)).toEqual(['exec'])
  await endApp()
  const alone = await run(['exec', 'web-2', '--', 'echo', 'alone'])
  expect(alone).toMatchObject({
    status: 0,
    stdout: 'alone\n',
    stderr: expect.stringContaining('no output goes to audit'),
  })
  const names = await recordings()
  expect(names).toHaveLength(2)
  const texts = await Promise.all(
    names.map((name) => readFile(path.join(place.dataDirectory, 'recordings', name), 'utf8')),
  )
  expect(texts.filter((text) => text.includes('alone'))).toHaveLength(1)
})

test('where a drain is required a command does not begin without a running Culvert, and ends with it', async () => {
  const file = await drainToFile(true)
  const running = begin('shell', 'web-2')
  running.child.stdin.write('echo first-$((40 + 2))\n')
  await vi.waitFor(() => expect(running.printed()).toContain('first-42'))
  await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('first-42'))
  await endApp()
  const outcome = await running.ended
  expect(outcome).toMatchObject({ status: 1, stderr: expect.stringContaining('drain-unreachable: ') })
  expect(outcome.stderr).toContain('audit')
  const left = path.join(place.home, 'left.cast')
  const refused = await run(['exec', 'web-2', '--record', left, '--', 'echo', 'no'])
  expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('drain-unreachable: ') })
  expect(refused.stderr).toContain('start its window or its web page')
  await expect(stat(left)).rejects.toMatchObject({ code: 'ENOENT' })
})
