import { expect, test, vi } from 'vitest'
import { ManualClock } from './drains.kit'
import { Flow } from './flow'

const signal = new AbortController().signal

function make() {
  const clock = new ManualClock()
  const flow = new Flow(clock)
  let share = 0
  const calm = (of = signal) => {
    const done = vi.fn()
    const wait = async () => {
      await flow.calm(() => share, of)
      done()
    }
    void wait()
    return done
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, flow, calm, settle, fill: (wanted: number) => (share = wanted) }
}

test('slow output is sent at once', async () => {
  const { clock, flow, calm, settle } = make()
  for (let turn = 0; turn < 20; turn += 1) {
    flow.took(200_000)
    clock.advance(250)
  }
  const done = calm()
  await settle()
  expect(done).toHaveBeenCalled()
})

test('a burst is sent once it is over', async () => {
  const { clock, flow, calm, settle } = make()
  flow.took(300_000)
  const done = calm()
  for (let turn = 0; turn < 8; turn += 1) {
    clock.advance(125)
    flow.took(300_000)
    await settle()
  }
  expect(done).not.toHaveBeenCalled()
  clock.advance(250)
  await settle()
  clock.advance(250)
  await settle()
  expect(done).toHaveBeenCalled()
})

test('a burst that does not end is sent once a quarter of the spool waits', async () => {
  const { clock, flow, calm, settle, fill } = make()
  flow.took(300_000)
  fill(0.2)
  const done = calm()
  clock.advance(125)
  flow.took(300_000)
  clock.advance(125)
  await settle()
  expect(done).not.toHaveBeenCalled()
  fill(0.25)
  flow.took(300_000)
  clock.advance(250)
  await settle()
  expect(done).toHaveBeenCalled()
})

test('a change of the drain ends the wait; a clock that is set back does too', async () => {
  const { clock, flow, calm, settle } = make()
  flow.took(300_000)
  const change = new AbortController()
  const changed = calm(change.signal)
  change.abort()
  await settle()
  expect(changed).toHaveBeenCalled()
  clock.now = () => 0
  const done = calm()
  await settle()
  expect(done).toHaveBeenCalled()
})
