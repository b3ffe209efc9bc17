// What the tests of the core’s state share: a place with one window open, and forwards of it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import type { CoreOptions } from '../../../electron/core/coreparts'
import { defaultTiming } from '../../../electron/core/sessions/timing'
import type { Forward } from '../../../shared/model/forward'
import { makePlace, type Place, type Window } from '../aws/core'

/** The place of this test. */
export let place: Place

/** The window of this test; `restart` replaces it. */
export let window: Window

/** Ends the core and starts another one on the same directory. */
export async function restart(change: Partial<CoreOptions> = {}): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open('demo', change)
}

type Fields = Omit<Forward, 'id' | 'environment'>

/** Returns the fields of a forward to the page of web-2. */
export async function fields(change: Partial<Fields> = {}): Promise<Fields> {
  const instanceId = await window.instance('web-2')
  return {
    name: 'page',
    target: { kind: 'id', instanceId },
    remotePort: 8_080,
    startAtLaunch: false,
    ...change,
  }
}

/** Saves a forward and returns its id. */
export async function create(change: Partial<Fields> = {}): Promise<string> {
  const { forwardId } = await window.ask('forward.create', await fields(change))
  return forwardId
}

/** Saves a forward, turns it on and returns its id once it is up. */
export async function up(change: Partial<Fields> = {}): Promise<string> {
  const forwardId = await create(change)
  await window.ask('forward.start', { forwardId })
  await window.reach(forwardId, 'up')
  return forwardId
}

/** Reads the names of the forwards that are on disk. */
export const namesOnDisk = async (): Promise<string[]> => {
  const text = await readFile(join(place.dataDirectory, 'forwards.json'), 'utf8')
  return (JSON.parse(text) as { data: Forward[] }).data.map(({ name }) => name)
}

/** Replaces `window`. */
export function setWindow(next: Window): void {
  window = next
}

/** Opens a window before each test, and shows after it that no session is left; call it at the top of a test file. */
export function stageState(): void {
  beforeEach(async () => {
    place = await makePlace({}, { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 200, pollMs: 50 })
    window = await place.open()
  })
  afterEach(async () => {
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    await place.close()
  })
}
