// What the tests of the core in a window share: a place with one window open, and forwards of it.

import { afterEach, beforeEach, expect } from 'vitest'
import type { Forward } from '../../../shared/model/forward'
import { makePlace, type Place, type Window } from '../aws/core'

/** The place of this test. */
export let place: Place

/** The window of this test; `restart` replaces it. */
export let window: Window

/** Ends the core and starts another one on the same directory. */
export async function restart(as?: 'demo' | 'account'): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open(as)
}

type Fields = Omit<Forward, 'id' | 'environment'>

/** Saves a forward to the page of web-2 and returns its id. */
export async function create(change: Partial<Fields> = {}): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { forwardId } = await window.ask('forward.create', {
    name: 'page',
    target: { kind: 'id', instanceId },
    remotePort: 8_080,
    startAtLaunch: false,
    ...change,
  })
  return forwardId
}

/** Replaces `window`. */
export function setWindow(next: Window): void {
  window = next
}

/** Opens a window before each test, and shows after it that no session is left; call it at the top of a test file. */
export function stageCore(): void {
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
