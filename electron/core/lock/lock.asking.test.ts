// Asking the holder of a directory over its real socket, also from another process.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { askRunning, readReply } from './asking'
import { exchange } from './exchange'
import { socketPath } from './socketpath'
import { Child, directory, holder, locked, stageDirectories } from './lock.kit'

stageDirectories()

/** Asks who holds the directory, as a second Culvert does. */
async function who(): Promise<unknown> {
  const result = await exchange(await socketPath(directory), { kind: 'who' }, 60_000)
  return result.kind === 'answer' ? readReply(result) : result
}

describe('asking the holder', () => {
  test('is answered, and told its errors by code', async () => {
    const lock = await locked()
    lock.serve((request) => {
      if (request === 'fail') throw new AppError('unknown-forward', 'No forward is named "x".')
      return Promise.resolve(request === 'nothing' ? undefined : { asked: request })
    })
    expect(await askRunning(directory, { forward: 'up', name: 'Größe\n' })).toEqual({
      asked: { forward: 'up', name: 'Größe\n' },
    })
    expect(await askRunning(directory, 'nothing')).toBeNull()
    expect(await who()).toEqual(holder)
    await expect(askRunning(directory, 'fail')).rejects.toMatchObject({
      name: 'AppError',
      code: 'unknown-forward',
      message: 'No forward is named "x".',
    })
  })

  test('waits until the holder serves', async () => {
    const lock = await locked()
    const answer = askRunning(directory, 1)
    expect(await who()).toEqual(holder)
    lock.serve((request) => Promise.resolve([request]))
    expect(await answer).toEqual([1])
  })

  test('is not-running where there is none, never was a directory, and when it closes meanwhile', async () => {
    await expect(askRunning(directory, {})).rejects.toMatchObject({ code: 'not-running' })
    await expect(askRunning(join(directory, 'none'), {})).rejects.toMatchObject({ code: 'not-running' })
    const lock = await locked()
    const isAsked = new Promise<void>((resolve) => {
      lock.serve(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    const answer = askRunning(directory, {})
    await isAsked
    const refused = expect(answer).rejects.toMatchObject({ code: 'not-running' })
    await lock[Symbol.asyncDispose]()
    await refused
  })

  test('crosses processes', async () => {
    const other = new Child()
    await other.tell('take')
    expect(await askRunning(directory, [1])).toEqual({ asked: [1], pid: other.process.pid })
    expect(await other.tell('release')).toBe('released')
    await expect(askRunning(directory, [1])).rejects.toMatchObject({ code: 'not-running' })
  })
})
