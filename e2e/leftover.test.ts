// Sessions that killed processes leave open, with two installations in one account: each app ends those of its own dead processes, and
// no session of a living process or of the other installation.

import { mkdtemp, readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createCore } from '../electron/core/core'
import { markOf } from '../shared/sessionmark'
import { openRecords } from './kit/aws/openrecords'
import { begin, env, folder, linesOf, open, setEnv, simulator, stageCli } from './kit/stages/cli'
import type { Running } from './kit/programs/cli'

stageCli()

/** A forward of the command line, with the data directory `data`; resolves with its session once it carries data. */
async function forward(data: string, ...more: string[]): Promise<{ running: Running; sessionId: string }> {
  setEnv({ ...env, CULVERT_DATA_DIR: data })
  const running = begin('forward', 'web-2', '--remote-port', '7', '--json', ...more)
  const [line] = await vi.waitFor(() => {
    const lines = linesOf(running)
    expect(lines.length, running.told()).toBeGreaterThan(0)
    return lines
  })
  return { running, sessionId: String(line?.['sessionId']) }
}

async function kill({ running }: { running: Running }): Promise<void> {
  running.child.kill('SIGKILL')
  await running.ended
}

/** Opens the app on `data`, until it has said how many sessions it has ended. */
async function startApp(data: string): Promise<string> {
  const texts: string[] = []
  await using core = await createCore({
    dataDirectory: data,
    door: 'test',
    endpointUrl: simulator.endpointUrl,
    env,
    spawnDemo: () => Promise.reject(new Error('no Demo')),
  })
  core.subscribe((name, event) => {
    if (name === 'journal.entry' && 'text' in event) texts.push(event.text)
  })
  const { entries } = (await core.handle('journal.list', { limit: 10 })) as { entries: { text: string }[] }
  texts.push(...entries.map(({ text }) => text))
  return await vi.waitFor(() => {
    const said = texts.find((text) => text.startsWith('Ended '))
    expect(said).toBeDefined()
    return said ?? ''
  })
}

const marks = () => new Map(simulator.sessions().map(({ id, reason }) => [id, markOf(reason ?? '')]))

test('two installations: each ends what its own killed processes have left, and nothing else', async () => {
  const [one, two] = await Promise.all(['one-', 'two-'].map((name) => mkdtemp(path.join(folder, name))))
  if (one === undefined || two === undefined) throw new Error('no directories')
  const living = [await forward(one), await forward(two)]
  const [left, other] = [await forward(one, '--reason', 'Ticket 7'), await forward(two)]
  onTestFinished(() => Promise.all(living.map(kill)).then(() => undefined))
  expect(marks().get(left.sessionId)).toMatchObject({ text: 'Ticket 7' })
  const installations = [left, other].map(({ sessionId }) => marks().get(sessionId)?.installation)
  expect(new Set(installations).size).toBe(2)
  await kill(left)
  await kill(other)
  expect(open()).toHaveLength(4)

  expect(await startApp(one)).toBe('Ended 1 session left open by an earlier run.')
  expect(open()).not.toContain(left.sessionId)
  expect(open()).toEqual(expect.arrayContaining([...living, other].map(({ sessionId }) => sessionId)))

  expect(await startApp(two)).toBe('Ended 1 session left open by an earlier run.')
  expect(open().toSorted()).toEqual(living.map(({ sessionId }) => sessionId).toSorted())
  expect((await openRecords(two)).map(({ sessionId }) => sessionId)).toEqual([living[1]?.sessionId])
})

test('a command that ends in order leaves no record of an open session, and its states in the history', async () => {
  const data = await mkdtemp(path.join(folder, 'data-'))
  const { running } = await forward(data)
  expect(await openRecords(data)).toHaveLength(1)
  running.child.kill('SIGTERM')
  expect(await running.ended).toMatchObject({ status: 0 })
  expect([await readdir(path.join(data, 'open-sessions')), open()]).toEqual([[], []])
  expect(await readdir(path.join(data, 'ledger'))).toEqual([expect.stringMatching(/^command-.*\.jsonl$/)])
})
