// One terminal over a simulator in this process: its states, its output over two sessions, the window that holds it.

import { describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { deferred } from '../../../shared/deferred'
import type { Environment } from '../environments/environment'
import { ends, ground, makeTerminal, screen, stageTerminals } from './captured.kit'

stageTerminals()

describe('a session', () => {
  test('opens, carries what is typed, and ends with its shell; another one opens behind it', async () => {
    const { terminal, output, watched, reach, said } = makeTerminal()
    terminal.open()
    await reach('open')
    await terminal.write('echo one-$((40 + 2))\r')
    await watched.until(() => said().includes('one-42'))
    await terminal.write('exit\r')
    await reach('ended')
    const kept = terminal.replay(0)
    expect(kept.bytes.toString()).toBe(said())
    terminal.restart(screen)
    expect(terminal.view.state).toEqual({ kind: 'connecting' })
    // The modes of the first session end; its text stays, and its queries are answered no more.
    expect(terminal.replay(kept.bytes.length).bytes.toString()).toContain('\u001B[?1049l')
    expect(terminal.replay(0).answeredOffset).toBe(terminal.replay(0).bytes.length)
    await reach('open')
    const before = said().length
    await terminal.write('echo two-$((40 + 2))\r')
    await watched.until(() => said().slice(before).includes('two-42'))
    // Offsets have no gap over both sessions.
    let end = 0
    for (const { offset, text } of output) {
      expect(offset).toBe(end)
      end += Buffer.byteLength(text)
    }
  })

  test('that is open is not replaced, and one that is ended is told once', async () => {
    const { terminal, views, reach } = makeTerminal()
    terminal.open()
    const { state } = await reach('open')
    terminal.restart(screen)
    expect(terminal.view.state).toBe(state)
    await terminal.write('exit\r')
    await reach('ended')
    await terminal.close()
    expect(views.filter((view) => view.state.kind === 'ended')).toHaveLength(1)
    expect(ground.entries.map(({ text }) => text)).toEqual([expect.stringMatching(/^ended its shell\./)])
  })

  test('that cannot be opened is an end with its error, in the journal under the instance’s name', async () => {
    ground.stage.simulator.failNext('StartSession', { code: 'AccessDeniedException', status: 400 })
    const { terminal, reach } = makeTerminal()
    terminal.open()
    const { state } = await reach('ended')
    expect(state).toMatchObject({ error: { code: 'access-denied' } })
    expect(ground.entries).toMatchObject([
      { tone: 'failed', text: 'lost its shell.', subject: { kind: 'terminal', id: terminal.id, name: 'web-2' } },
    ])
  })

  test('ends with the life of its environment, for the reason of that', async () => {
    const life = new AbortController()
    const mortal: Environment = { ...ground.stage.environment, life: life.signal }
    const { terminal, reach } = makeTerminal({ place: { environment: () => Promise.resolve(mortal) } })
    terminal.open()
    await reach('open')
    life.abort(new AppError('simulator-failed', 'The Demo has ended by itself.'))
    expect((await reach('ended')).state).toMatchObject({ error: { code: 'simulator-failed' } })
    await ends.idle()
    expect(ground.stage.active()).toEqual([])
  })

  test('that is closed while it is opened tells nothing more, and is not waited for', async () => {
    const gate = deferred<Environment>()
    const { terminal, views } = makeTerminal({ place: { environment: () => gate.promise } })
    terminal.open()
    await terminal.close()
    gate.resolve(ground.stage.environment)
    await ends.idle()
    expect(views).toEqual([])
    expect(ground.stage.simulator.sessions()).toEqual([])
  })
})

describe('its view', () => {
  test('of an earlier run is ended, of the usual size and held by no window', () => {
    const { terminal } = makeTerminal({ first: 'none' })
    expect(terminal.view).toMatchObject({
      state: { kind: 'ended', text: 'Culvert was restarted.' },
      size: { cols: 80, rows: 24 },
      environmentName: 'Demo',
    })
    expect('heldBy' in terminal.view).toBe(false)
  })

  test('follows the window that holds it; another one takes it over, and only the holder sets its size', () => {
    const { terminal, views } = makeTerminal()
    terminal.resize({ windowId: 'other', size: { cols: 10, rows: 10 } })
    expect(terminal.view).toMatchObject({ heldBy: 'w', size: { cols: 80, rows: 24 } })
    terminal.hold({ windowId: 'other', size: { cols: 100, rows: 30 } })
    expect(terminal.view).toMatchObject({ heldBy: 'other', size: { cols: 100, rows: 30 } })
    terminal.release('w')
    expect(terminal.view.heldBy).toBe('other')
    terminal.release('other')
    expect('heldBy' in terminal.view).toBe(false)
    // Held by none, any window may set it; the same size again is no change.
    const { length } = views
    terminal.resize({ windowId: 'w', size: { cols: 100, rows: 30 } })
    expect(views).toHaveLength(length)
    terminal.resize({ windowId: 'w', size: { cols: 90, rows: 30 } })
    expect(terminal.view.size.cols).toBe(90)
  })

  test('is the same object until it changes', async () => {
    const { terminal, reach } = makeTerminal()
    terminal.open()
    const view = await reach('open')
    terminal.hold(screen)
    expect(terminal.view).toBe(view)
  })
})

describe('a terminal on a set', () => {
  const target = { kind: 'set', set: { hosts: 'Name=web-*', choice: 'random' } } as const

  test('shows the set until a host is chosen, and chooses again for each session', async () => {
    const hosts = ['web-2', 'checkout-api-1']
    const { terminal, views, reach } = makeTerminal({
      place: {
        instance: { id: '', name: 'Name=web-*' },
        set: {
          target,
          choose: () => {
            const name = hosts.shift() ?? ''
            return Promise.resolve({ id: ground.idOf(name), name, platform: 'linux' })
          },
        },
      },
    })
    expect(terminal.view).toMatchObject({ target, instance: { id: '', name: 'Name=web-*' } })
    terminal.open()
    await reach('open')
    expect(terminal.view.instance).toEqual({ id: ground.idOf('web-2'), name: 'web-2' })
    expect(ground.stage.simulator.sessions().map(({ target: id }) => id)).toEqual([ground.idOf('web-2')])
    await terminal.write('exit\r')
    await reach('ended')
    terminal.restart(screen)
    await reach('open')
    expect(views.at(-1)?.instance.name).toBe('checkout-api-1')
    expect(ground.entries).toMatchObject([{ subject: { name: 'web-2' } }])
  })

  test('ends once the time that its saved target allows has passed, and begins a new one on request', async () => {
    const allowed = { by: 'web', ms: 40 }
    const choose = () =>
      Promise.resolve({ id: ground.idOf('web-2'), name: 'web-2', platform: 'linux', allowed } as const)
    const { terminal, views, reach } = makeTerminal({ place: { set: { target, choose } } })
    terminal.open()
    const { state } = await reach('ended')
    const open = views.find((view) => view.state.kind === 'open')?.state
    expect(open).toMatchObject({ endsAt: expect.any(Number) as number })
    expect(state).toMatchObject({
      error: { code: 'session-ended', message: expect.stringMatching(/"web" allows .* Reconnect/) as string },
    })
    await ends.idle()
    expect(ground.stage.active()).toEqual([])
    terminal.restart(screen)
    await reach('open')
    await reach('ended')
    expect(ground.stage.simulator.sessions()).toHaveLength(2)
  })

  test('ends with the cause where no host can be chosen, and opens nothing', async () => {
    const choose = (): Promise<never> => Promise.reject(new AppError('no-good-host', 'web-2 is stopped. Start it.'))
    const { terminal, reach } = makeTerminal({ place: { instance: { id: '', name: 'web' }, set: { target, choose } } })
    terminal.open()
    expect((await reach('ended')).state).toMatchObject({ error: { code: 'no-good-host' } })
    expect(ground.stage.simulator.sessions()).toEqual([])
  })
})
