// The composition root as its doors use it. What it composes has tests of its own; the ways through all of it are in e2e/.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'
import { createCore } from './core'

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace()
  window = await place.open()
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

test('a terminal is held by the window that opened it, and by none once that window is gone', async () => {
  const instanceId = await window.instance('web-2')
  const client = window.core.connect()
  const opened = client.handle('terminal.open', { instanceId, cols: 80, rows: 24 })
  await expect(opened).resolves.toMatchObject({ terminalId: expect.any(String) as string })
  const holder = await window.until(({ terminals }) => terminals[0]?.heldBy)
  expect(holder).not.toBe('door')
  client[Symbol.dispose]()
  expect(await window.until(({ terminals: [terminal] }) => terminal !== undefined && !('heldBy' in terminal))).toBe(
    true,
  )
})

test('a change that was asked for is told before its answer', async () => {
  await window.ask('settings.set', { theme: 'dark' })
  expect(window.state.settings.theme).toBe('dark')
})

test('what a door met with is a line of the journal, redacted', async () => {
  window.core.note({ text: 'A page has crashed. aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' })
  expect(window.journal.at(-1)).toMatchObject({ tone: 'failed', subject: { kind: 'app' } })
  expect(JSON.stringify(window.journal)).not.toContain('wJalrXUtnFEMI')
})

test('disposing refuses what is asked from then on, tells nothing more and gives the directory back', async () => {
  const events = window.eventNames.length
  const ended = window.core[Symbol.asyncDispose]()
  await expect(window.ask('instances.refresh', {})).rejects.toMatchObject({ code: 'not-running' })
  await ended
  await window.core[Symbol.asyncDispose]()
  const told = window.eventNames.length
  window.core.wake()
  expect(window.eventNames).toHaveLength(told)
  expect(told).toBeGreaterThanOrEqual(events)
  const again = await place.open()
  await again[Symbol.asyncDispose]()
})

test('a directory that is in use is refused, by the name of its door', async () => {
  const refused = createCore({
    dataDirectory: place.dataDirectory,
    door: 'second',
    demo: true,
    env: { HOME: place.home },
    spawnDemo: () => Promise.reject(new Error('not reached')),
  })
  await expect(refused).rejects.toMatchObject({
    code: 'directory-locked',
    message: expect.stringContaining('test') as string,
  })
})
