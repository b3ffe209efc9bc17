// The client of the running Culvert against a real socket of a real data directory.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { lockDirectory } from '../../core/lock/lock'
import { parseCommandLine } from '../arguments'
import { Interruption } from '../life'
import { Sink } from '../sink'
import { down, up } from './updown'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'culvert-updown-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** A Culvert that holds the directory and answers with `answer`. Resolves with what it is asked. */
async function culvert(answer: (request: unknown) => Promise<unknown>): Promise<unknown[]> {
  const asked: unknown[] = []
  const lock = await lockDirectory(directory, { pid: process.pid, door: 'test', startedAt: 0 })
  onTestFinished(() => lock[Symbol.asyncDispose]())
  lock.serve((request) => {
    asked.push(request)
    return answer(request)
  })
  return asked
}

/** Runs `up NAME` or `down NAME` and resolves with its status and what it has printed. */
async function run(command: 'up' | 'down', name: string, signal = new AbortController().signal) {
  const invocation = parseCommandLine([command, name])
  if (invocation.kind !== 'run') throw new Error(invocation.kind)
  const out = new PassThrough()
  const printed = text(out)
  const stdout = new Sink(out, () => undefined)
  const stderr = new Sink(new PassThrough(), () => undefined)
  const env = { CULVERT_DATA_DIR: directory }
  try {
    const { platform, stdin } = process
    const context = { args: invocation.args, env, platform, stdin, stdout, stderr, signal }
    const status = await (command === 'up' ? up : down)(context)
    out.end()
    return { status, printed: await printed }
  } finally {
    out.destroy()
    printed.catch(() => undefined)
  }
}

test('up asks for the forward by its name and says where it listens', async () => {
  const asked = await culvert(() => Promise.resolve({ name: 'orders db', localPort: 5_432 }))
  expect(await run('up', 'orders db')).toEqual({ status: 0, printed: 'orders db is up on localhost:5432\n' })
  expect(asked).toEqual([{ forward: 'up', name: 'orders db' }])
})

test('up says that the destination refuses although the forward is up', async () => {
  await culvert(() => Promise.resolve({ name: 'db', localPort: 5_432, trouble: 'destination refuses since 14:02' }))
  expect(await run('up', 'db')).toEqual({
    status: 0,
    printed: 'db is up on localhost:5432, but its destination refuses since 14:02\n',
  })
})

test('a name that does not show what it is drives no terminal', async () => {
  await culvert(() => Promise.resolve({ name: 'pro\u200bd\u009b2J', localPort: 5_432 }))
  expect(await run('up', 'x')).toEqual({ status: 0, printed: 'pro⟨U+200B⟩d⟨U+009B⟩2J is up on localhost:5432\n' })
})

test('down says that it is off', async () => {
  const asked = await culvert(() => Promise.resolve(null))
  expect(await run('down', 'orders-db')).toEqual({ status: 0, printed: 'orders-db is off\n' })
  expect(asked).toEqual([{ forward: 'down', name: 'orders-db' }])
})

test.each(['up', 'down'] as const)('%s fails with what the running Culvert says', async (command) => {
  await culvert(() =>
    Promise.reject(new AppError('unknown-forward', 'There is no forward "x": choose one of orders-db, search.')),
  )
  await expect(run(command, 'x')).rejects.toMatchObject({
    code: 'unknown-forward',
    message: 'There is no forward "x": choose one of orders-db, search.',
  })
})

test.each(['up', 'down'] as const)('%s says so where no Culvert runs', async (command) => {
  await expect(run(command, 'x')).rejects.toMatchObject({
    code: 'not-running',
    message: expect.stringContaining(directory),
  })
})

test('up does not believe an answer without a port', async () => {
  await culvert(() => Promise.resolve(null))
  await expect(run('up', 'x')).rejects.toMatchObject({ code: 'protocol' })
})

test('up can be interrupted while the forward comes up', async () => {
  const controller = new AbortController()
  await culvert(() => {
    controller.abort(new Interruption('The command was ended by SIGINT.', 130))
    return new Promise(() => undefined)
  })
  await expect(run('up', 'x', controller.signal)).rejects.toMatchObject({ status: 130 })
})
