// culvert up and culvert down in real processes: the bundled program and a real data directory, without any AWS configuration.

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { lockDirectory } from '../electron/core/lock/lock'
import { AppError } from '../shared/errors'
import { bareEnvironment, bundledPrograms, start, type Bundle, type Running } from './kit/programs/cli'

let bundle: Bundle
let directory: string

beforeAll(async () => {
  bundle = bundledPrograms()
})
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'culvert-updown-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Locks the directory as a running Culvert does, and answers with `answer`. */
async function hold(answer: (request: unknown) => Promise<unknown>): Promise<void> {
  const lock = await lockDirectory(directory, { pid: process.pid, door: 'window', startedAt: 0 })
  onTestFinished(() => lock[Symbol.asyncDispose]())
  lock.serve(answer)
}

function begin(...args: string[]): Running {
  // A proxy that does not exist: any network request would fail.
  const env = { ...bareEnvironment(), CULVERT_DATA_DIR: directory, HTTPS_PROXY: 'http://127.0.0.1:1' }
  const running = start(bundle, args, env)
  onTestFinished(() => void running.child.kill('SIGKILL'))
  return running
}

/** Runs a command until it ends; stdout as text. */
async function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await begin(...args).ended
  return { status, stdout: stdout.toString(), stderr }
}

test('up and down print one line and exit with 0, without profile, region or credentials', async () => {
  const asked: unknown[] = []
  await hold((request) => {
    asked.push(request)
    return Promise.resolve(asked.length === 1 ? { name: 'orders-db', localPort: 5_432 } : null)
  })
  expect(await run('up', 'orders-db')).toEqual({
    status: 0,
    stdout: 'orders-db is up on localhost:5432\n',
    stderr: '',
  })
  expect(await run('down', 'orders-db')).toEqual({ status: 0, stdout: 'orders-db is off\n', stderr: '' })
  expect(asked).toEqual([
    { forward: 'up', name: 'orders-db' },
    { forward: 'down', name: 'orders-db' },
  ])
})

test('an error of the running Culvert is one line on stderr with its code, and status 1', async () => {
  await hold(() => Promise.reject(new AppError('port-in-use', 'Another program listens on 5432.\nFree it.')))
  expect(await run('up', 'orders-db')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'culvert: port-in-use: Another program listens on 5432. Free it.\n',
  })
})

test.each(['up', 'down'])('%s says where no Culvert runs, with status 1, and makes nothing there', async (command) => {
  const outcome = await run(command, 'orders-db')
  expect(outcome).toMatchObject({ status: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^culvert: not-running: .+\n$/)
  expect(outcome.stderr).toContain(directory)
  expect(await readdir(directory)).toEqual([])

  await rm(directory, { recursive: true })
  expect(await run(command, 'orders-db')).toEqual(outcome)
})

test('a signal ends the waiting, with 128 + its number and no word', async () => {
  let interrupt: () => void = () => undefined
  await hold(() => {
    interrupt()
    return new Promise(() => undefined)
  })
  const running = begin('up', 'orders-db')
  interrupt = () => running.child.kill('SIGINT')
  const { status, stdout, stderr } = await running.ended
  expect([status, stdout.toString(), stderr]).toEqual([130, '', ''])
})

test('a wrong command line is 2, before anything is asked', async () => {
  await hold(() => Promise.reject(new AppError('internal', 'Nobody should ask.')))
  expect(await run('up')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'culvert: usage: up needs NAME. See: culvert up --help\n',
  })
  expect((await run('down', 'a', '--profile', 'x')).stderr).toContain('There is no option --profile for down')
})
