// A program without any token resets its connection after each kind of refusal: no server of ours may die of it, neither in
// a process of its own nor in this one, and each goes on answering.

import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { socketPath } from '../electron/core/lock/socketpath'
import { openWebDoor } from '../electron/web/door'
import { SocketLink } from '../renderer/link/socket'
import { changedSnapshot } from '../shared/model/change'
import type { Snapshot } from '../shared/model/snapshot'
import { askOnce, httpText, rows, strike, strikeOften, textFrame, UPGRADE, type Attack } from './kit/programs/attack'
import { makePlace } from './kit/aws/core'
import { writePage } from './kit/programs/programs'
import {
  attacksOn,
  ended,
  faults,
  GARBAGE,
  type Mortal,
  programs,
  scratch,
  stageVictims,
  victimOf,
} from './kit/stages/resets'

stageVictims()

/** A web door under attack. */
interface Victim extends Mortal {
  readonly port: number
  readonly token: string
  /** The directory whose lock it holds. */
  readonly dataDirectory: string
  /** Whether the process that it ran in is gone. */
  hasDied(): boolean
}

async function webProcess(): Promise<Victim> {
  const home = mkdtempSync(path.join(scratch, 'home-'))
  const program = await programs.startWeb(home)
  const { port, hash } = new URL(program.ready.replace('READY ', ''))
  return {
    port: Number(port),
    token: hash.slice(1),
    dataDirectory: path.join(home, 'data'),
    hasDied: () => program.hasEnded,
    [Symbol.asyncDispose]: () => ended(program),
  }
}

async function webHere(): Promise<Victim> {
  const place = await makePlace()
  const window = await place.open()
  const page = path.join(scratch, 'page')
  writePage(page)
  const door = await openWebDoor({ core: window.core, directory: page, port: 0 })
  return {
    port: door.port,
    token: new URL(door.url).hash.slice(1),
    dataDirectory: place.dataDirectory,
    hasDied: () => faults.length > 0,
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await window[Symbol.asyncDispose]()
      await place.close()
    },
  }
}

/** What only the web door refuses. */
function attacksOnDoor({ port, token }: Pick<Victim, 'port' | 'token'>): Attack[] {
  const host = `127.0.0.1:${port}`
  const origin = `http://${host}`
  const link = (more: Readonly<Record<string, string>> = {}, method = 'GET'): string =>
    httpText(`${method} /link`, { host, origin, ...UPGRADE, ...more })
  const enter = Buffer.concat([Buffer.from(link()), textFrame(JSON.stringify({ token }))])
  return [
    ...attacksOn(host),
    {
      name: 'a file that is left in the middle',
      bytes: httpText('GET /large.js', { host }),
      moments: ['once answered'],
    },
    { name: 'half a body', bytes: httpText('POST /', { host, 'content-length': '1000' }, 'abc') },
    { name: 'an upgrade without an Origin', bytes: httpText('GET /link', { host, ...UPGRADE }) },
    { name: 'an upgrade by POST', bytes: link({}, 'POST') },
    { name: 'an upgrade without a key', bytes: link({ 'sec-websocket-key': 'short' }) },
    { name: 'an upgrade of an old version', bytes: link({ 'sec-websocket-version': '7' }) },
    { name: 'a good upgrade and no token', bytes: link() },
    { name: 'a wrong token', bytes: Buffer.concat([Buffer.from(link()), textFrame('{"token":"wrong"}')]) },
    { name: 'a frame that is none', bytes: Buffer.concat([Buffer.from(link()), Buffer.from([0xff, 0xff, 0, 0])]) },
    { name: 'the right token', bytes: enter },
    { name: 'a message that is no request', bytes: Buffer.concat([enter, textFrame('{"id":"x"}')]) },
  ]
}

/** The door still serves the page, and a Link that knows the token hears the state. */
async function expectDoorAnswers({ port, token }: Victim): Promise<void> {
  const host = `127.0.0.1:${port}`
  const page = await askOnce({ host: '127.0.0.1', port }, httpText('GET /', { host, connection: 'close' }))
  expect(page).toMatch(/^HTTP\/1\.1 200 OK/)
  // Text frames of ours are not answered by a close frame of theirs: ask for more than is allowed, and read to the end.
  const hello = [JSON.stringify({ token }), 'no request'].map(textFrame)
  const upgrade = httpText('GET /link', { host, origin: `http://${host}`, ...UPGRADE })
  const heard = await askOnce({ host: '127.0.0.1', port }, Buffer.concat([Buffer.from(upgrade), ...hello, CLOSE_FRAME]))
  expect(heard).toContain('"event":"snapshot"')
}

const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0])

describe.each([
  ['the web door in a process of its own', webProcess],
  ['the web door in this process', webHere],
] as const)('%s', (_, start) => {
  const victim = victimOf(start)

  test.each(rows(attacksOnDoor({ port: 0, token: '' })))('lives on after %s, reset %s', async (name, moment) => {
    const one = victim()
    const attack = attacksOnDoor(one).find((each) => each.name === name)!
    await strikeOften({ host: '127.0.0.1', port: one.port }, attack, moment)
    await expectDoorAnswers(one)
    expect([one.hasDied(), faults]).toEqual([false, []])
  })

  const who = httpText('GET /who', { host: 'a' })
  const questions: Attack[] = [
    { name: 'nothing', bytes: '', moments: ['at once'] },
    { name: 'half a head', bytes: 'GET /who HT', moments: ['at once'] },
    { name: 'a head that is too long', bytes: `GET /${'x'.repeat(70_000)}` },
    {
      name: 'a body that is too long',
      bytes: httpText('POST /request', { host: 'a', 'content-length': '70000' }, 'x'.repeat(70_000)),
    },
    {
      name: 'half a body',
      bytes: httpText('POST /request', { host: 'a', 'content-length': '9' }, 'x'),
      moments: ['at once'],
    },
    { name: 'a body that is no JSON', bytes: httpText('POST /request', { host: 'a', 'content-length': '2' }, 'up') },
    { name: 'a request that is unknown', bytes: httpText('POST /request', { host: 'a', 'content-length': '2' }, '{}') },
    { name: 'a line of a version before HTTP', bytes: '{"who":true}\n' },
    { name: 'a question', bytes: who },
    { name: 'a question and then more', bytes: `${who}${'x'.repeat(100_000)}` },
    { name: 'garbage', bytes: GARBAGE },
  ]

  test.each(rows(questions))('its lock lives on after %s, closed %s', async (_name, moment, attack) => {
    const one = victim()
    const to = { path: await socketPath(one.dataDirectory) }
    await strikeOften(to, attack, moment)
    expect(await askOnce(to, who)).toContain('200 OK')
    await expectDoorAnswers(one)
    expect([one.hasDied(), faults]).toEqual([false, []])
  })

  test.each(rows(CONNECTIONS))('a forward lives on after %s, reset %s', async (_name, moment, attack) => {
    const one = victim()
    const forward = await echoForward(one)
    await strikeOften(forward.to, attack, moment)
    expect(await strike(forward.to, { bytes: 'still here' }, 'once answered')).toBe('still here')
    await forward.delete()
    expect([one.hasDied(), faults]).toEqual([false, []])
  })
})

/** What a program does that connects to a forward. */
const CONNECTIONS: Attack[] = [
  { name: 'nothing', bytes: '', moments: ['at once'] },
  { name: 'a few bytes', bytes: 'hello' },
  { name: 'more than is taken at once', bytes: Buffer.alloc(1_024 * 1_024) },
]

/** Makes a forward to the echo of an instance, over the Link of a page. */
async function echoForward({ port, token }: Victim) {
  const origin = `http://127.0.0.1:${port}`
  const link = new SocketLink({
    url: `ws://127.0.0.1:${port}/link`,
    token,
    createSocket: (url) => new WebSocket(url, { origin }),
  })
  let snapshot: Snapshot | undefined
  let look = (): void => undefined
  const hear = (now: Snapshot): void => {
    snapshot = now
    look()
  }
  link.on('snapshot', hear)
  link.on('snapshot.patch', (change) => hear(changedSnapshot(snapshot!, change)))
  const until = <T>(find: (state: Snapshot) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      look = () => {
        const found = snapshot && find(snapshot)
        if (found !== undefined) resolve(found)
      }
      look()
    })
  const instanceId = await until(({ instances }) => instances.items.find(({ name }) => name === 'web-2')?.id)
  const { forwardId } = await link.request('forward.create', {
    name: 'echo',
    target: { kind: 'id', instanceId },
    remotePort: 7,
    startAtLaunch: false,
  })
  await link.request('forward.start', { forwardId })
  const localPort = await until(({ forwards }) => {
    const view = forwards.find(({ forward }) => forward.id === forwardId)
    return view?.state.kind === 'up' ? view.localPort : undefined
  })
  return {
    to: { host: '127.0.0.1', port: localPort },
    delete: async () => {
      await link.request('forward.delete', { forwardId })
      link.dispose()
    },
  }
}

describe('connections that a forward does not carry', () => {
  test.each(rows(CONNECTIONS).filter(([, moment]) => moment === 'at once'))(
    'the app lives on after %s on a forward that holds, reset %s, and the forward comes up',
    async (_name, moment, attack) => {
      faults.length = 0
      const place = await makePlace()
      const window = await place.open()
      const target = { kind: 'id', instanceId: await window.instance('web-2') } as const
      const fields = { name: 'echo', target, remotePort: 7, startAtLaunch: false }
      const { forwardId } = await window.ask('forward.create', fields)
      // Refused until told otherwise: meanwhile what comes is held.
      place.simulator.faults.apply({ kind: 'refuse-upgrades', status: 503 })
      await window.ask('forward.start', { forwardId })
      await window.until(() => window.forward(forwardId).state.kind === 'reconnecting')
      const port = await window.until(() => window.forward(forwardId).localPort || undefined)
      const to = { host: '127.0.0.1', port }
      await strikeOften(to, attack, moment)
      place.simulator.faults.apply({ kind: 'clear' })
      await window.ask('forward.retry', { forwardId })
      await window.reach(forwardId, 'up')
      expect(await strike(to, { bytes: 'still here' }, 'once answered')).toBe('still here')
      await window[Symbol.asyncDispose]()
      await place.close()
      expect(faults).toEqual([])
    },
  )

  test.each(rows(CONNECTIONS).filter(([, moment]) => moment === 'at once'))(
    'the app lives on after %s on a forward that takes one connection, reset %s',
    async (_name, moment, attack) => {
      faults.length = 0
      const place = await makePlace()
      const window = await place.open()
      const target = { kind: 'id', instanceId: await window.instance('web-2') } as const
      const fields = { name: 'echo', target, remotePort: 7, startAtLaunch: false, maxConnections: 1 }
      const { forwardId } = await window.ask('forward.create', fields)
      await window.ask('forward.start', { forwardId })
      await window.reach(forwardId, 'up')
      await strikeOften({ host: '127.0.0.1', port: window.forward(forwardId).localPort }, attack, moment)
      expect(window.forward(forwardId).state.kind).toBe('up')
      await window[Symbol.asyncDispose]()
      await place.close()
      expect(faults).toEqual([])
    },
  )
})
