// `culvert sessions` beside other processes of this installation: one that lives, and one that was killed.

import { mkdtemp } from 'node:fs/promises'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Running } from './kit/programs/cli'
import { begin, env, folder, idOf, linesOf, open, run, setEnv, stageCli } from './kit/stages/cli'

stageCli({ hasOtherPeople: true, clock: { minuteMs: 3_600_000 } })

interface Row {
  readonly id: string
  readonly holder: string
}

async function forward(...args: string[]): Promise<{ running: Running; id: string }> {
  const running = begin('forward', 'web-2', '--remote-port', '7', '--json', ...args)
  await vi.waitFor(() => expect(linesOf(running).some(({ kind }) => kind === 'up')).toBe(true))
  return { running, id: String(linesOf(running)[0]?.['sessionId']) }
}

test('sessions of a killed process are listed as left over, read with their states, and ended; a living one stays', async () => {
  setEnv({ ...env, CULVERT_DATA_DIR: await mkdtemp(path.join(folder, 'data-')) })
  const [left, living] = await Promise.all([forward('--reason', 'Ticket 7'), forward()])
  left.running.child.kill('SIGKILL')
  await left.running.ended
  const { text: listed } = await run(['sessions', 'list', '--mine', '--active', '--json'])
  const rows = JSON.parse(listed) as Row[]
  const holders = new Map(rows.map(({ id, holder }) => [id, holder]))
  expect([rows.length, holders.get(left.id), holders.get(living.id)]).toEqual([3, 'left-over', 'mine'])
  expect(rows.find(({ id }) => id === left.id)).toMatchObject({
    state: 'active',
    target: idOf('web-2'),
    targetName: 'web-2',
    document: 'AWS-StartPortForwardingSession',
    reason: 'Ticket 7',
  })
  const { text: read } = await run(['sessions', 'read', living.id])
  expect(read).toMatch(/\n {2}Endpoint: +tcp:\/\/localhost:7\n/)
  expect(read).toMatch(
    /\n\n {2}States:\n {4}Start Time: +\S+\n {4}Status: +active\n\n {4}End Time: +\S+\n {4}Start Time: +\S+\n {4}Status: +pending\n$/,
  )
  const ended = await run(['sessions', 'cancel', '--left-over', '--yes', '--json'])
  expect([ended.status, JSON.parse(ended.text)]).toEqual([0, { id: left.id, state: 'terminated' }])
  expect(open()).toEqual([living.id])
  living.running.child.kill('SIGTERM')
  await living.running.ended
})
