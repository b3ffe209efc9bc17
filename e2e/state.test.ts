// The state of the core under haste, on a full disk, and while it is closing: what was said is so, and nothing is left open.

import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { askRunning } from '../electron/core/lock/asking'
import { openForwardFile } from '../electron/core/store/forwardfile'
import type { Forward } from '../shared/model/forward'
import type { Window } from './kit/aws/core'
import { makePipe } from './kit/programs/pipe'
import { create, fields, namesOnDisk, place, restart, setWindow, up, stageState, window } from './kit/stages/state'

stageState()

describe('a core that is closing', () => {
  it('answers culvert up, and every window, with not-running, and opens nothing', async () => {
    const id = await up()
    const instanceId = await window.instance('web-2')
    const begun = place.simulator.delayNext('StartSession', 3_000)
    await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    await begun
    const started = place.simulator.sessions().length
    const disposed = window[Symbol.asyncDispose]()
    const closing = { code: 'not-running', message: expect.stringContaining('Culvert is closing') }
    await expect(askRunning(place.dataDirectory, { forward: 'up', name: 'page' })).rejects.toMatchObject(closing)
    const requests = [
      window.ask('forward.start', { forwardId: id }),
      window.ask('forward.retry', { forwardId: id }),
      window.ask('forward.create', { ...(await fields({ name: 'new' })) }),
      window.ask('terminal.open', { instanceId, cols: 80, rows: 24 }),
      window.ask('instances.refresh', {}),
      window.ask('environment.select', { environment: { kind: 'demo' } }),
      window.ask('settings.set', { theme: 'dark' }),
    ]
    for (const request of requests) await expect(request).rejects.toMatchObject(closing)
    await disposed
    // The terminal's own came meanwhile, and was ended.
    expect(place.simulator.sessions().length).toBeLessThanOrEqual(started + 1)
    expect(place.active()).toEqual([])
  })

  it('ends a culvert up that waits', async () => {
    await restart({ sessionsEndMs: 50 })
    await create()
    const begun = place.simulator.delayNext('StartSession', 25_000)
    const answer = askRunning(place.dataDirectory, { forward: 'up', name: 'page' }).catch((error: unknown) => error)
    await begun
    await window[Symbol.asyncDispose]()
    expect(await answer).toMatchObject({ code: 'not-running' })
  })
})

describe('a disk that takes nothing', () => {
  const away = (): string => `${place.dataDirectory}-away`

  /** Puts a file in the place of the data directory. */
  async function block(): Promise<void> {
    await rename(place.dataDirectory, away())
    await writeFile(place.dataDirectory, 'in the way')
  }

  async function unblock(): Promise<void> {
    await rm(place.dataDirectory)
    await rename(away(), place.dataDirectory)
  }

  it('leaves forwards and settings as they were, here and at the next start', async () => {
    const id = await up()
    const other = await create({ name: 'other' })
    const before = window.forward(id).forward
    await window.until(() => window.forward(id).forward.localPort !== undefined)
    await block()
    const unwritten = { code: 'data-directory' }
    await expect(
      window.ask('forward.update', { forwardId: id, ...(await fields({ name: 'new', remotePort: 7 })) }),
    ).rejects.toMatchObject(unwritten)
    await expect(window.ask('forward.create', await fields({ name: 'third' }))).rejects.toMatchObject(unwritten)
    await expect(window.ask('settings.set', { theme: 'dark' })).rejects.toMatchObject(unwritten)
    expect(window.state.settings.theme).toBe('system')
    expect(window.forward(id)).toMatchObject({ forward: { name: 'page', remotePort: before.remotePort } })
    // It was not even interrupted.
    expect(window.forward(id).state.kind).toBe('up')
    await expect(window.ask('forward.delete', { forwardId: id })).rejects.toMatchObject(unwritten)
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' } })
    await unblock()
    // The name that was not taken is free, and the next change brings nothing of those that failed.
    await window.ask('forward.update', { forwardId: other, ...(await fields({ name: 'new' })) })
    await window.ask('settings.set', { density: 'compact' })
    expect(await namesOnDisk()).toEqual(['page', 'new'])
    await restart()
    expect(window.state.forwards.map(({ forward }) => forward.name)).toEqual(['page', 'new'])
    expect(window.state.settings).toMatchObject({ theme: 'system', density: 'compact' })
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
  })

  it('is told while it lasts, and does not prevent choosing an environment', async () => {
    const id = await up()
    await block()
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    await window.instance('web-2')
    await window.ask('forward.stop', { forwardId: id })
    const titles = ({ notices }: Window['state']): string[] => notices.map(({ title }) => title)
    const both = ['The next start may show another environment.', 'The journal is not whole.']
    await window.until((state) => both.every((title) => titles(state).includes(title)))
    await unblock()
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    await window.instance('web-2')
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    await window.until((state) => titles(state).length === 0 && 'none')
  })
})

test.skipIf(process.platform === 'win32')('pipes in the data directory hang no start', async () => {
  await window[Symbol.asyncDispose]()
  const inPlaceOf = async (name: string): Promise<void> => {
    await rm(join(place.dataDirectory, name), { force: true })
    makePipe(join(place.dataDirectory, name))
  }
  for (const name of ['forwards.json', 'settings.json', 'sessions.json']) {
    await inPlaceOf(name)
    await expect(place.open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${name} cannot be read (it is a pipe)`),
    })
    await rm(join(place.dataDirectory, name))
  }
  await inPlaceOf('journal.jsonl')
  setWindow(await place.open())
  await window.until(({ notices }) => notices.some(({ text }) => text.includes('journal.jsonl cannot be read')))
})

test('a thousand forwards and a hundred terminals are the most', async () => {
  const instanceId = await window.instance('web-2')
  await window[Symbol.asyncDispose]()
  const file = await openForwardFile(place.dataDirectory)
  const many = Array.from({ length: 999 }, (_, index): Forward => ({
    id: `f-${index}`,
    name: `forward ${index}`,
    environment: { kind: 'demo' },
    target: { kind: 'id', instanceId },
    remotePort: 80,
    startAtLaunch: false,
  }))
  await file.write(many)
  setWindow(await place.open())
  await create({ name: 'the last' })
  await expect(create({ name: 'one more' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('1,000'),
  })
  place.simulator.faults.apply({ kind: 'api-error', operation: 'StartSession', code: 'AccessDeniedException' })
  onTestFinished(() => place.simulator.faults.clear())
  const open = (): Promise<unknown> => window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  for (let count = 0; count < 100; count += 1) await open()
  await expect(open()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('100 terminals') })
  const [first] = window.state.terminals
  await window.ask('terminal.close', { terminalId: first?.id ?? '' })
  await open()
})
