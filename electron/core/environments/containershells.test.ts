// Shells in containers: the third one is refused with whose the others are, and does not hang.

import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { ListedSession } from '../../../shared/sessionlisting'
import type { Shell, ShellOptions } from '../sessions/shell'
import { ContainerShells } from './containershells'

const target = 'ecs:shop_a_a-1'
const exec = { cluster: 'shop', taskId: 'a', container: 'app', command: '/bin/bash' }

function listed(sessionId: string, owner: string): ListedSession {
  return { sessionId, owner, status: 'Connected', target, reason: '' }
}

/** The part of the options that counts here. */
function wanted(more: Partial<ShellOptions> = {}): ShellOptions {
  const options = { target, exec, about: { targetName: 'web/app' }, signal: new AbortController().signal, ...more }
  // The other fields are passed on as they are, and nothing here reads them.
  return options as ShellOptions
}

/** Shells whose agents answer as `answers` says, one after the other. */
function stage(sessions: readonly ListedSession[] | AppError = [], answers: readonly boolean[] = []) {
  let count = 0
  const closed: string[] = []
  const ends: (() => void)[] = []
  const open = (): Promise<Shell> => {
    const sessionId = `s-${count}`
    const isAnswered = answers[count] ?? true
    count += 1
    const ended = deferred<{ text: string; exitCode: undefined }>()
    ends.push(() => ended.resolve({ text: '', exitCode: undefined }))
    return Promise.resolve({
      sessionId,
      output: Readable.from([]),
      stderr: Readable.from([]),
      ended: ended.promise,
      write: () => Promise.resolve(),
      wake: () => undefined,
      forecast: {},
      resize: () => undefined,
      answers: () => Promise.resolve(isAnswered),
      [Symbol.asyncDispose]: () => Promise.resolve(void closed.push(sessionId)),
    })
  }
  const next = (): Promise<readonly ListedSession[]> =>
    sessions instanceof AppError ? Promise.reject(sessions) : Promise.resolve(sessions)
  const shells = new ContainerShells({ sessions: () => ({ isDone: false, next }) }, open)
  return { shells, closed, ends, opened: () => count }
}

describe('a container', () => {
  test('with two sessions of this process takes no third; one that has ended makes room', async () => {
    const { shells, ends, opened } = stage()
    await shells.open(wanted())
    expect(shells.full).toEqual([])
    await shells.open(wanted())
    expect(shells.full).toEqual([target])
    await expect(shells.open(wanted())).rejects.toMatchObject({
      code: 'container-full',
      message: expect.stringMatching(/^web\/app has 2 sessions open.*this Culvert \(\/bin\/bash\)/),
    })
    expect(opened()).toBe(2)
    ends[0]?.()
    await Promise.resolve()
    await Promise.resolve()
    await shells.open(wanted())
    expect(opened()).toBe(3)
  })

  test('whose agent is silent is full where two others are open, and they are named', async () => {
    const others = [listed('x', 'arn:aws:sts::1:assumed-role/dev/ann'), listed('s-1', 'me'), listed('s-0', 'me')]
    const { shells, closed } = stage(others, [true, false])
    await shells.open(wanted())
    await expect(shells.open(wanted())).rejects.toMatchObject({
      code: 'container-full',
      message: expect.stringContaining(
        'one of arn:aws:sts::1:assumed-role/dev/ann, and a session of this Culvert (/bin/bash)',
      ),
    })
    expect(closed).toEqual(['s-1'])
  })

  test.each([
    ['one other is open', [listed('x', 'ann')]],
    ['the sessions may not be listed', new AppError('access-denied', 'no')],
  ])('whose agent is silent is told as that where %s', async (_, sessions) => {
    const { shells, closed } = stage(sessions, [false])
    await expect(shells.open(wanted())).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('exec agent of web/app does not answer'),
    })
    expect(closed).toEqual(['s-0'])
  })

  test('does not limit shells of instances, nor are those asked whether their agents answer', async () => {
    const { shells } = stage([], [false, false, false])
    for (let count = 0; count < 3; count += 1) {
      const { exec: _none, ...options } = wanted()
      await shells.open(options)
    }
  })
})
