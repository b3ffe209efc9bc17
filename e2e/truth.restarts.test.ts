// What the core says after a restart and after a crash, held against what was so before.

import { cp, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { defaultTiming } from '../electron/core/sessions/timing'
import type { Window } from './kit/aws/core'
import { place, restart, setWindow, stageCore, window } from './kit/stages/core'
import { create, openTerminal, tryOut, up } from './kit/stages/truth'

stageCore()

/** A second core on a copy of the directory, as it was on disk at this moment: what a crash would leave. */
async function crashed(): Promise<Window> {
  const dataDirectory = join(place.home, `copy-${crashes}`)
  crashes += 1
  await cp(place.dataDirectory, dataDirectory, { recursive: true, filter: (name) => !name.endsWith('.sock') })
  return place.open('demo', { dataDirectory })
}
let crashes = 0

const CANARY = 'canary-4711'

describe('after a restart', () => {
  it('forwards that were on are on again, those that were off are off, and both know when they were up last', async () => {
    const on = await up({ name: 'on' })
    const off = await up({ name: 'off' })
    const never = await create({ name: 'never' })
    await window.ask('forward.stop', { forwardId: off })
    const { localPort } = window.forward(on)
    const endedAt = window.forward(off).lastUpAt!
    await restart()
    await window.reach(on, 'up')
    expect(window.forward(on).localPort).toBe(localPort)
    expect(await tryOut(on)).toBe('x')
    expect(window.forward(off)).toMatchObject({ isOn: false, state: { kind: 'off' }, lastUpAt: endedAt })
    expect(window.forward(never).lastUpAt).toBeUndefined()
    await window.ask('forward.stop', { forwardId: on })
    await restart()
    expect(window.state.forwards.map(({ isOn }) => isOn)).toEqual([false, false, false])
  })

  it('one whose session was up when Culvert ended was up last then, where it is not turned on again', async () => {
    const id = await up()
    const began = window.forward(id).lastUpAt!
    await window.ask('settings.set', { restoreAtLaunch: false })
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(began))
    await restart()
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' } })
    expect(window.forward(id).lastUpAt).toBeGreaterThan(began)
    expect(window.state.terminals).toEqual([])
  })

  it('a limit of its own goes on from when a person turned it on, and one that is over stays off', async () => {
    const minute = { ...defaultTiming, minuteMs: 1 }
    await window[Symbol.asyncDispose]()
    setWindow(await place.open('demo', { timing: { ...defaultTiming, minuteMs: 3_600_000 } }))
    const id = await up({ expiresAfterMinutes: 10 })
    const { expiresAt } = window.forward(id)
    await window[Symbol.asyncDispose]()
    setWindow(await place.open('demo', { timing: { ...defaultTiming, minuteMs: 3_600_000 } }))
    await window.reach(id, 'up')
    expect(window.forward(id).expiresAt).toBe(expiresAt)
    await window[Symbol.asyncDispose]()
    // Minutes of a millisecond: its time is over.
    setWindow(await place.open('demo', { timing: minute }))
    expect(window.forward(id)).toMatchObject({
      isOn: false,
      state: { kind: 'off' },
      endedBy: { code: 'forward-expired' },
    })
  })

  it('terminals come back ended and empty, in their order; a new session opens in them; closed ones stay away', async () => {
    const first = await openTerminal()
    const closed = await openTerminal()
    await window.ask('terminal.write', {
      terminalId: first,
      text: `printf '\\033]0;title-%s\\007%s\\n' ${CANARY.slice(7)} canary-${CANARY.slice(7)}; exit\r`,
    })
    await window.until(() => window.output.get(first)?.includes(CANARY))
    await window.until(({ terminals }) => terminals.find(({ id }) => id === first)?.state.kind === 'ended')
    const last = await openTerminal()
    await window.ask('terminal.close', { terminalId: closed })
    const before = window.state.terminals
    await restart()
    const views = window.state.terminals
    expect(
      views.map(({ instance, environment, environmentName }) => ({ instance, environment, environmentName })),
    ).toEqual(before.map(({ instance, environment, environmentName }) => ({ instance, environment, environmentName })))
    expect(views.map(({ state }) => state)).toEqual([
      { kind: 'ended', at: expect.any(Number), text: 'Culvert was restarted.' },
      { kind: 'ended', at: expect.any(Number), text: 'Culvert was restarted.' },
    ])
    expect(views.map(({ id }) => id)).not.toContain(last)
    const terminalId = views[0]!.id
    expect(await window.ask('terminal.replay', { terminalId, fromOffset: 0 })).toMatchObject({
      startOffset: 0,
      bytes: new Uint8Array(),
    })
    await window.ask('terminal.restart', { terminalId, cols: 90, rows: 24 })
    await window.until(({ terminals }) => terminals[0]?.state.kind === 'open')
    await window.ask('terminal.write', { terminalId, text: 'echo new-$((1+2))-$(stty size)\r' })
    await window.until(() => window.output.get(terminalId)?.includes('new-3-24 90'))
    await window[Symbol.asyncDispose]()
    for (const name of await readdir(place.dataDirectory, { recursive: true })) {
      if ((await stat(join(place.dataDirectory, name))).isDirectory()) continue
      const text = await readFile(join(place.dataDirectory, name), 'latin1')
      expect([name, text.includes(CANARY.slice(7)), text.includes('title')]).toEqual([name, false, false])
    }
    setWindow(await place.open())
  })
})

it('a crash loses neither a forward that is on nor a terminal', async () => {
  const id = await up()
  await openTerminal()
  await vi.waitFor(async () => {
    const text = await readFile(join(place.dataDirectory, 'lastrun.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ data: { forwards: [{ id, isOn: true }], terminals: [{}] } })
  })
  // The port is the first core's: the second one waits for it, because it wants the forward on.
  await using second = await crashed()
  expect(second.forward(id).isOn).toBe(true)
  expect(second.state.terminals).toMatchObject([{ state: { kind: 'ended' } }])
})
