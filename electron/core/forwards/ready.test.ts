import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeGround, quick, type Ground } from '../../../e2e/kit/aws/forwards'
import type { Forward } from '../../../shared/model/forward'
import { openForwardFile } from '../store/forwardfile'
import { openGivenFile, type Given } from '../store/givenfile'
import type { JsonFile } from '../store/jsonfile'
import { listen, type Listener } from '../tunnels/listener'
import { Forwards } from './forwards'
import { ReadyForwards, type ReadyForward } from './ready'

let ground: Ground
let saved: JsonFile<readonly Forward[]>
let given: JsonFile<Given>
let forwards: Forwards
let other: Listener

beforeEach(async () => {
  ground = await makeGround()
  saved = await openForwardFile(ground.directory)
  given = await openGivenFile(ground.directory)
  forwards = new Forwards({
    file: saved,
    environments: ground.environments,
    journal: ground.journal,
    now: Date.now,
    timing: quick,
    before: [],
    changed: () => undefined,
  })
  other = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
})
afterEach(async () => {
  await forwards[Symbol.asyncDispose]()
  await other[Symbol.asyncDispose]()
  await saved.close()
  await given.close()
  await ground.close()
})

function ready(name: string, localPort: number): ReadyForward {
  return { name, target: { kind: 'name', name: 'web-2' }, remotePort: 7, startAtLaunch: false, localPort }
}

const giver = (all: readonly ReadyForward[]): ReadyForwards => new ReadyForwards({ file: given, forwards, ready: all })
const names = (): string[] => forwards.views.map(({ forward }) => forward.name)

test('they are saved once, off, and those that a person has deleted stay deleted', async () => {
  const all = [ready('one', other.port), ready('two', other.port)]
  await giver(all).give()
  expect(names()).toEqual(['one', 'two'])
  const [one, two] = forwards.views
  expect([one?.isOn, one?.forward.environment]).toEqual([false, { kind: 'demo' }])
  // The port is in use, and then taken by the first of them.
  const ports = [one?.forward.localPort ?? 0, two?.forward.localPort ?? 0]
  expect(ports[0]).toBeGreaterThan(other.port)
  expect(ports[1]).toBeGreaterThan(ports[0] ?? 0)
  await forwards.delete(one?.forward.id ?? '')
  await giver(all).give()
  expect(names()).toEqual(['two'])
})

test('a person’s own forward of that name stays, and the others are given', async () => {
  await forwards.create({ kind: 'demo' }, { ...ready('one', 0), remotePort: 99 })
  await giver([ready('one', other.port), ready('two', other.port)]).give()
  expect(forwards.views.map(({ forward }) => `${forward.name} ${forward.remotePort}`)).toEqual(['one 99', 'two 7'])
  expect(given.value.demoForwards).toBe(true)
})

test('what could not be saved is no error, and is tried again the next time', async () => {
  await saved.close()
  const giving = giver([ready('one', other.port)])
  await giving.give()
  expect(names()).toEqual([])
  expect(given.value.demoForwards).toBe(false)
})

test('two that ask at one time get one giving; without any nothing is written', async () => {
  await giver([]).give()
  expect(given.value.demoForwards).toBe(false)
  const giving = giver([ready('one', other.port)])
  await Promise.all([giving.give(), giving.give()])
  expect(names()).toEqual(['one'])
})
