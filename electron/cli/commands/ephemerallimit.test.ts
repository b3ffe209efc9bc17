import { expect, test } from 'vitest'
import type { OpenEphemeral } from '../../../shared/model/ephemeral'
import { terminal } from '../keyboard.kit'
import { endOneOf } from './ephemerallimit'

const NOW = 1_700_000_000_000
const session = (taskId: string, holder: OpenEphemeral['holder']): OpenEphemeral => ({
  cluster: 'shop',
  taskId,
  operationId: taskId,
  owner: 'arn:ann',
  service: 'shop/web',
  startedAt: NOW - 60 * 60_000,
  holder,
})
const open = [session('t1', 'others'), session('t2', 'mine'), session('t3', 'left-over')]

/** Asks, and presses `key` once the question is there. */
async function ask(sessions: readonly OpenEphemeral[], key: string) {
  const { type, keyboard } = await terminal()
  const stopped: string[] = []
  let printed = ''
  const ended = await endOneOf(sessions, {
    ecs: {
      stopTask: (cluster, taskId) => {
        stopped.push(`${cluster} ${taskId}`)
        return Promise.resolve()
      },
    },
    keyboard,
    stderr: {
      write: (text) => {
        printed += String(text)
        if (printed.endsWith('no] ')) setImmediate(() => type(key))
        return Promise.resolve()
      },
    },
    now: NOW,
    signal: new AbortController().signal,
  })
  return { ended, stopped, printed }
}

test.skipIf(process.platform === 'win32')(
  'a session of this computer is ended by its number, and no other one',
  async () => {
    const { ended, stopped, printed } = await ask(open, '2')
    expect([ended?.taskId, stopped]).toEqual(['t3', ['shop t3']])
    expect(printed).toContain('1: shop/web, 1 h old (task t2)')
    expect(printed).toContain('2: shop/web, 1 h old, left behind (task t3)')
    expect(printed).not.toContain('t1')
  },
)

test.skipIf(process.platform === 'win32').each(['n', '0', '3', '\r'])('the key %j ends none', async (key) => {
  expect(await ask(open, key)).toMatchObject({ ended: undefined, stopped: [] })
})

test.skipIf(process.platform === 'win32')('without a session of this computer nothing is asked', async () => {
  expect(await ask([session('t1', 'others')], '1')).toEqual({ ended: undefined, stopped: [], printed: '' })
})
