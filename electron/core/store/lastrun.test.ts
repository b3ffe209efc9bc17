// What is kept of what runs, on a real file: when it is written, and what the next start finds.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TerminalView } from '../../../shared/model/terminal'
import { LastRun, type RunningNow } from './lastrun'
import { openLastRunFile, type LastRunData } from './lastrunfile'
import type { JsonFile } from './jsonfile'

let folder: string
let file: JsonFile<LastRunData>
let at: number
let forwards: RunningNow[]
let terminals: TerminalView[]
let problems: (string | undefined)[]
let lastRun: LastRun

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-lastrun-'))
  file = await openLastRunFile(folder)
  at = 1_000_000
  forwards = [{ id: 'a', isOn: true, onSinceAt: 5, isNoted: false, isUp: true }]
  terminals = []
  problems = []
  lastRun = new LastRun({
    file,
    now: () => at,
    forwards: () => forwards,
    terminals: () => terminals,
    onProblem: (problem) => problems.push(problem),
  })
})
afterEach(async () => {
  await file.close()
  await rm(folder, { recursive: true })
})

/** Tells of a change, and waits until it is looked at. */
async function changed(): Promise<void> {
  lastRun.changed()
  await new Promise((resolve) => setImmediate(resolve))
}

/** When the forward of the file was up last. */
const lastUpAt = (): number | undefined => file.value.forwards[0]?.lastUpAt

test('a forward that is up was up last now; one that is not keeps its time', async () => {
  await changed()
  expect(file.value.forwards).toEqual([{ id: 'a', isOn: true, onSinceAt: 5, isNoted: false, lastUpAt: 1_000_000 }])
  at += 1_000
  forwards = [{ id: 'a', isOn: false, onSinceAt: 5, isNoted: false, lastUpAt: 7, isUp: false }]
  await changed()
  expect(lastUpAt()).toBe(7)
})

test('that nothing has changed is written after five minutes only, and only while a forward is up', async () => {
  await changed()
  at += 299_999
  await changed()
  expect(lastUpAt()).toBe(1_000_000)
  at += 1
  await changed()
  expect(lastUpAt()).toBe(1_300_000)
  forwards = forwards.map((forward) => ({ ...forward, isUp: false, lastUpAt: 1 }))
  await changed()
  const written = file.value
  at += 600_000
  await changed()
  expect(file.value).toBe(written)
})

test('many changes in a row are looked at once', async () => {
  let looks = 0
  const counted = forwards
  lastRun = new LastRun({
    file,
    now: () => at,
    forwards: () => {
      looks += 1
      return counted
    },
    terminals: () => [],
    onProblem: () => undefined,
  })
  await changed()
  looks = 0
  await changed()
  const ofOne = looks
  lastRun.changed()
  lastRun.changed()
  await changed()
  expect(looks).toBe(2 * ofOne)
})

test('terminals are kept with names of bounded length, but for those whose environment no file takes', async () => {
  const view = {
    instance: { id: 'i-1', name: 'n'.repeat(400) },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    title: 'set from afar',
  }
  terminals = [
    view,
    { ...view, environment: { kind: 'aws', profile: 'p'.repeat(10_000) } },
  ] as unknown as TerminalView[]
  await changed()
  expect(file.value.terminals).toHaveLength(1)
  const [kept] = file.value.terminals
  expect(Object.keys(kept!).toSorted()).toEqual(['environment', 'environmentName', 'instance'])
  expect(kept!.instance.name.length).toBeLessThanOrEqual(300)
})

test('once it is sealed, what ran then stays', async () => {
  lastRun.changed()
  lastRun.seal()
  forwards = []
  await changed()
  lastRun.seal()
  expect(file.value.forwards).toHaveLength(1)
})

test('a file that cannot be written is told, and written with the next change', async () => {
  await rm(folder, { recursive: true })
  await changed()
  await expect.poll(() => problems).toEqual([expect.stringContaining('lastrun.json')])
  await mkdir(folder)
  await changed()
  await expect.poll(() => problems.at(-1)).toBeUndefined()
  expect((await openLastRunFile(folder)).value.forwards).toHaveLength(1)
})
