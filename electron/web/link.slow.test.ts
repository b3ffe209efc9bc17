// Pages that read slowly, late or never, over real sockets, on a stand-in core.

import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { core, MIB, stageLink, token, WAIT, Window } from './link.kit'

stageLink()

/** The frame of what the core was told to tell. */
function outputFrame(text: string) {
  return { kind: 'output', output: { terminalId: 't', offset: 0, bytes: new Uint8Array(Buffer.from(text)) } }
}

/** 10,000 profiles with long names: over 16 Mi characters that are told whole. */
function largeState(): unknown {
  const profiles = Array.from({ length: 10_000 }, (_, index) => ({ name: `${index} ${'x'.repeat(1_700)}` }))
  return { instances: { items: [] }, containers: { items: [] }, profiles }
}

test('a page that reads slowly gets a state over 16 Mi characters once, and then what changed meanwhile', async () => {
  core.snapshot = largeState()
  expect(JSON.stringify(core.snapshot).length).toBeGreaterThan(16 * MIB)
  const window = new Window()
  await once(window.socket, 'open')
  window.socket.pause()
  window.send({ token })
  await vi.waitFor(() => expect(core.listeners.size).toBe(1), WAIT)
  for (let count = 0; count < 5; count += 1) core.tell(`early ${count}`)
  window.send({ id: 1, name: 'echo', parameters: 'asked meanwhile' })
  await vi.waitFor(() => expect(core.asked).toHaveLength(1), WAIT)
  // It is not behind, so nothing had to be told anew.
  expect([core.listeners.size, core.snapshots]).toEqual([1, 1])
  window.socket.resume()
  await vi.waitFor(() => expect(window.heard).toHaveLength(7), WAIT)
  core.tell('late')
  await vi.waitFor(() => expect(window.heard).toHaveLength(8), WAIT)
  const output = outputFrame
  expect(window.heard.slice(1)).toEqual([
    ...Array.from({ length: 5 }, (_, count) => output(`early ${count}`)),
    { id: 1, ok: true, value: 'asked meanwhile' },
    output('late'),
  ])
  expect(window.heard[0]).toEqual({ event: 'snapshot', value: core.snapshot })
  expect(core.snapshots).toBe(1)
})

test('a page that reads nothing holds up no other, is told no more than fits, and gets the whole state when it has read all', async () => {
  const other = await new Window().enter()
  core.snapshot = { small: true, instances: { items: [] }, containers: { items: [] } }
  const window = new Window()
  await once(window.socket, 'open')
  window.send({ token })
  await vi.waitFor(() => expect(window.heard).toHaveLength(1), WAIT)
  window.socket.pause()
  // Until what may wait and every buffer of the operating system is full. The other one is let keep up.
  let told = 0
  while (core.listeners.size === 2) {
    core.tell('x'.repeat(MIB))
    told += 1
    const heard = told
    await vi.waitFor(() => expect(other.heard).toHaveLength(heard), WAIT)
    expect(told).toBeLessThan(64)
  }
  expect(core.snapshots).toBe(2)
  core.tell('missed')
  window.socket.resume()
  await vi.waitFor(() => expect(core.listeners.size).toBe(2), WAIT)
  core.tell('after')
  await vi.waitFor(() => expect(window.heard.at(-1)).toEqual(outputFrame('after')), WAIT)
  expect(window.heard.at(-2)).toEqual({ event: 'snapshot', value: core.snapshot })
  expect(window.heard).not.toContainEqual(outputFrame('missed'))
  expect(core.snapshots).toBe(3)
  await vi.waitFor(() => expect(other.heard).toHaveLength(told + 2), WAIT)
})

test('a page that asks for much at once gets it all, also where it reads later', async () => {
  const window = await new Window().enter()
  window.socket.pause()
  // As after a reload: every terminal asks for what it has said. More than may wait of events, and more than the system takes.
  const said = 'x'.repeat(2 * MIB - 100)
  for (let id = 1; id <= 20; id += 1) window.send({ id, name: 'echo', parameters: said })
  await vi.waitFor(() => expect(core.asked).toHaveLength(21), WAIT)
  window.socket.resume()
  await vi.waitFor(() => expect(window.heard).toHaveLength(20), WAIT)
  expect(window.socket.readyState).toBe(WebSocket.OPEN)
})

test('a page that asks and never reads the answers is dropped', async () => {
  const window = await new Window().enter()
  window.socket.pause()
  // As many as may be under way, and what the system takes of them.
  for (let id = 1; id <= 700; id += 1) window.send({ id, name: 'echo', parameters: 'x'.repeat(64 * 1_024) })
  // All have left but for what the system holds.
  await vi.waitFor(() => expect(window.socket.bufferedAmount).toBe(0), WAIT)
  window.socket.resume()
  expect(await window.closed).toBe(1013)
  await vi.waitFor(() => expect(core.listeners.size).toBe(0), WAIT)
})

test('every window hears every event until it is gone', async () => {
  const windows = [await new Window().enter(), await new Window().enter()]
  core.tell('one')
  const event = outputFrame('one')
  await vi.waitFor(() => expect(windows.map(({ heard }) => heard)).toEqual([[event], [event]]), WAIT)
  windows[0]!.socket.close()
  await vi.waitFor(() => expect(core.listeners.size).toBe(1), WAIT)
})
