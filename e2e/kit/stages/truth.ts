// What the tests of truth share: a place with one window open, and forwards of it.

import { connect } from 'node:net'
import { afterEach, beforeEach, expect } from 'vitest'
import type { Forward } from '../../../shared/model/forward'
import { makePlace, type Place, type Window } from '../core'

/** The place of this test. */
export let place: Place

/** The window of this test; `restart` replaces it. */
export let window: Window

type Fields = Omit<Forward, 'id' | 'environment'>

/** Saves a forward to the echo of web-2 and returns its id. */
export async function create(change: Partial<Fields> = {}): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { forwardId } = await window.ask('forward.create', {
    name: 'db',
    target: { kind: 'id', instanceId },
    remotePort: 7,
    startAtLaunch: false,
    ...change,
  })
  return forwardId
}

/** Saves a forward, turns it on and returns its id once it is up. */
export async function up(change: Partial<Fields> = {}): Promise<string> {
  const id = await create(change)
  await window.ask('forward.start', { forwardId: id })
  await window.reach(id, 'up')
  return id
}

/** How a connection that sends a byte goes: what it reads first, or its error. */
export function tryOut(id: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: window.forward(id).localPort })
    const done = (word: string): void => {
      socket.destroy()
      resolve(word)
    }
    socket.on('connect', () => socket.write('x'))
    socket.once('data', (bytes: Buffer) => done(bytes.toString()))
    socket.once('error', (error) => done('code' in error ? String(error.code) : error.message))
  })
}

/** Ends the core and starts another one on the same directory. */
export async function restart(): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open()
}

/** Opens a terminal of web-2 and returns its id once it is open. */
export async function openTerminal(): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  await window.until(({ terminals }) => terminals.find(({ id }) => id === terminalId)?.state.kind === 'open')
  return terminalId
}

/** Replaces `window`. */
export function setWindow(next: Window): void {
  window = next
}

/** Opens a window before each test, and shows after it that no session is left; call it at the top of a test file. */
export function stageTruth(): void {
  beforeEach(async () => {
    place = await makePlace()
    window = await place.open()
  })
  afterEach(async () => {
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    await place.close()
  })
}
