// Terminals over a simulator with real shells, recorded into real files and drained by real drains.

import { randomUUID } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { DrainFields } from '../../../shared/model/drain'
import { status, type Got } from '../drains/destinations/http.kit'
import {
  arrived,
  clock,
  directory,
  fields,
  limitSpools,
  open as openDrains,
  receiver,
  stageDrains,
  view,
} from '../drains/drainstage.kit'
import { makeCaptured, stageTerminals } from './captured.kit'

stageDrains()

stageTerminals()

/** An open terminal that is always recorded, with one drain. */
async function make(drain: Partial<DrainFields>) {
  const drains = await openDrains()
  await drains.create(fields({ environment: { kind: 'demo' }, ...drain }), {})
  const captured = await makeCaptured('always', drains)
  captured.terminal.open()
  await captured.reach('open')
  return { drains, ...captured }
}

test('what is typed without an echo is in neither the recording nor the file of a drain; echoed typing is in both', async () => {
  const path = join(directory, '..', `${randomUUID()}.jsonl`)
  const { drains, terminal, shown, recorded, close } = await make({
    destination: { kind: 'file', path, maxMegabytes: 1, keep: 1 },
  })
  const [silent, echoed] = [randomUUID(), randomUUID()]
  await terminal.write(`read -s -p 'key'': ' KEY; echo "got $\{#KEY}"\r`)
  await shown('key: ')
  await terminal.write(`${silent}\r`)
  await shown('got 36')
  await terminal.write(`: ${echoed}\r`)
  await shown(echoed)
  await close()
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, waiting: { records: 0 } }))
  for (const text of [await recorded(), await readFile(path, 'utf8')]) {
    expect(text).toContain(echoed)
    expect(text).toContain('got 36')
    expect(text).not.toContain(silent)
  }
})

test('a required drain whose spool is full pauses the terminal, which goes on afterwards, and nothing is lost', async () => {
  limitSpools(1)
  const { drains, terminal, shown, said, close } = await make({ isRequired: true })
  const taken: Got[] = []
  receiver.otherwise = (got) => {
    taken.push(got)
    return ''
  }
  receiver.answers.push(...Array.from({ length: 1_000 }, () => status(503)))
  const lines = 20_000
  // 100 bytes each: twice what the spool holds.
  const done = join(directory, 'done')
  await terminal.write(`stty -echo; printf '%0100d\\n' $(seq ${lines}); echo over-$((40 + 2)); : > ${done}\r`)
  await vi.waitFor(() => {
    clock.advance(250)
    expect(view(drains)).toMatchObject({ state: { kind: 'failing' } })
    expect(view(drains).waiting.bytes).toBeGreaterThanOrEqual(1_000_000)
  })
  const paused = said().length
  await vi.waitFor(() => access(done))
  await new Promise((resolve) => setImmediate(resolve))
  expect(said().length).toBe(paused)
  expect(said()).not.toContain('over-42')
  receiver.answers.length = 0
  const going = setInterval(() => clock.advance(1_000), 5)
  try {
    await shown('over-42')
    await close()
    await vi.waitFor(() => expect(view(drains)).toMatchObject({ waiting: { records: 0 }, dropped: 0, refused: 0 }))
  } finally {
    clearInterval(going)
  }
  const lost = arrived(taken).map(({ sequence }, index) => sequence - index)
  expect(new Set(lost)).toEqual(new Set([1]))
  const text = arrived(taken).map((record) => (record.partial === true ? record.text : `${record.text}\n`))
  const numbers = [...text.join('').matchAll(/^\d{100}$/gm)].map(Number)
  expect(numbers).toEqual(Array.from({ length: lines }, (_, index) => index + 1))
})
