// A program without any token resets its connection after each kind of refusal: no server of ours may die of it, neither in
// a process of its own nor in this one, and each goes on answering.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { socketPath } from '../electron/core/lock/socketpath'
import { getTicket } from './kit/naiveclient'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { openWebDoor } from '../electron/web/door'
import { SocketLink } from '../renderer/link/socket'
import { changedSnapshot } from '../shared/model/change'
import type { Snapshot } from '../shared/model/snapshot'
import { askOnce, httpText, rows, strike, strikeOften, textFrame, UPGRADE, type Attack } from './kit/attack'
import { makePlace } from './kit/core'
import { bundlePrograms, writePage, type Program, type Programs } from './kit/programs'

/** A web door under attack. */
interface Victim extends Mortal {
  readonly port: number
  readonly token: string
  /** The directory whose lock it holds. */
  readonly dataDirectory: string
  /** Whether the process that it ran in is gone. */
  hasDied(): boolean
}

/** To bundle and to start programs, however loaded the machine is. */
const START_MS = 180_000

let programs: Programs
let scratch: string
/** What nobody caught in this process. */
const faults: unknown[] = []
const note = (error: unknown): unknown => faults.push(error)

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'culvert-resets-'))
  programs = await bundlePrograms()
  process.on('uncaughtException', note)
}, START_MS)
afterAll(() => {
  process.off('uncaughtException', note)
  programs[Symbol.dispose]()
  rmSync(scratch, { recursive: true, force: true })
})

/** Of a program that was asked to end: it did so in order. */
async function ended(program: Program): Promise<void> {
  expect([await program.stop(), program.told]).toEqual([0, ''])
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

/** What may die. */
interface Mortal extends AsyncDisposable {
  hasDied(): boolean
}

/** Gives each test a victim that lives: one that has died fails the test that killed it, and is replaced for the others. */
function victimOf<V extends Mortal>(start: () => Promise<V>): () => V {
  let victim: V | undefined
  beforeEach(async () => {
    faults.length = 0
    if (victim?.hasDied() === true) victim = undefined
    victim ??= await start()
  }, START_MS)
  afterAll(async () => {
    await victim?.[Symbol.asyncDispose]()
  })
  return () => victim!
}

const GARBAGE = Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001', 'latin1')

/** What a stranger can send to any HTTP server. */
function attacksOn(host: string): Attack[] {
  return [
    { name: 'nothing', bytes: '', moments: ['at once'] },
    { name: 'half a request line', bytes: 'GET /index', moments: ['at once'] },
    { name: 'half a head', bytes: `GET / HTTP/1.1\r\nhost: ${host}\r\nx-a: b`, moments: ['at once'] },
    { name: 'garbage', bytes: GARBAGE },
    { name: 'a head of 20 KiB', bytes: httpText('GET /', { host, 'x-long': 'a'.repeat(20_480) }) },
    { name: 'a foreign Host', bytes: httpText('GET /', { host: 'evil.example' }) },
    { name: 'an HTTP version that is none', bytes: `GET / HTTP/9.9\r\nhost: ${host}\r\n\r\n` },
    { name: 'CONNECT', bytes: httpText('CONNECT evil.example:443', { host }) },
    { name: 'an expectation', bytes: httpText('POST /', { host, expect: 'the-unexpected', 'content-length': '4' }) },
    {
      name: 'a body that does not come',
      bytes: httpText('POST /', { host, 'content-length': '1000' }, 'abc'),
      moments: ['at once'],
    },
    { name: 'a chunk that is none', bytes: httpText('POST /', { host, 'transfer-encoding': 'chunked' }, 'zz\r\n') },
    {
      name: 'an upgrade to another protocol',
      bytes: httpText('GET /', { host, connection: 'Upgrade', upgrade: 'h2c' }),
    },
    { name: 'an upgrade with a foreign Host', bytes: httpText('GET /link', { host: 'evil.example', ...UPGRADE }) },
    {
      name: 'an upgrade with a foreign Origin',
      bytes: httpText('GET /link', { host, origin: 'http://evil.example', ...UPGRADE }),
    },
    { name: 'an upgrade of another path', bytes: httpText('GET /other', { host, ...UPGRADE }) },
    {
      name: 'two requests, the second an upgrade that is refused',
      bytes: httpText('GET /large.js', { host }) + httpText('GET /other', { host, ...UPGRADE }),
    },
  ]
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

/** A simulator under attack, and a session whose data channel may be opened. */
interface SimulatorVictim extends Mortal {
  readonly port: number
  readonly secret: string
  ticket(): Promise<{ readonly path: string; readonly token: string }>
  hasDied(): boolean
}

type Told = Pick<Simulator, 'endpointUrl' | 'region' | 'credentials'>

function ticketsOf(told: Told): SimulatorVictim['ticket'] {
  return async () => {
    const { url, token } = await getTicket(told as Simulator, 'StartSession', { Target: 'mi-0d5e3a9c71f84b620' })
    const { pathname, search } = new URL(url)
    return { path: pathname + search, token }
  }
}

async function simulatorProcess(): Promise<SimulatorVictim> {
  const program = await programs.startSimulator()
  const told = JSON.parse(program.ready) as Told
  return {
    port: Number(new URL(told.endpointUrl).port),
    secret: told.credentials.secretAccessKey,
    ticket: ticketsOf(told),
    hasDied: () => program.hasEnded,
    [Symbol.asyncDispose]: () => ended(program),
  }
}

async function simulatorHere(): Promise<SimulatorVictim> {
  const simulator = await startSimulator({ shellDelayMs: 0, hasPty: false })
  return {
    port: Number(new URL(simulator.endpointUrl).port),
    secret: simulator.credentials.secretAccessKey,
    ticket: ticketsOf(simulator),
    hasDied: () => faults.length > 0,
    [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
  }
}

interface Knock {
  readonly port: number
  readonly secret: string
  readonly path: string
  readonly token: string
}

function attacksOnSimulator({ port, secret, path: channel, token }: Knock): Attack[] {
  const host = `127.0.0.1:${port}`
  const post = (body: string, more: Readonly<Record<string, string>> = {}): string =>
    httpText('POST /', { host, 'content-length': String(body.length), ...more }, body)
  const admin = (body: string, given = secret): string =>
    httpText('POST /_admin/faults', { host, 'content-length': String(body.length), 'x-culvert-secret': given }, body)
  const knock = (more: Readonly<Record<string, string>> = {}): string =>
    httpText(`GET ${channel}`, { host, ...UPGRADE, ...more })
  const open = (tokenValue: string): Buffer =>
    textFrame(
      JSON.stringify({
        MessageSchemaVersion: '1.0',
        RequestId: 'r',
        TokenValue: tokenValue,
        ClientVersion: '1.2.896.0',
      }),
    )
  return [
    ...attacksOn(host),
    { name: 'a page of a browser', bytes: httpText('GET /', { host, origin: 'http://evil.example' }) },
    { name: 'a call without a signature', bytes: post('{}', { 'x-amz-target': 'AmazonSSM.StartSession' }) },
    { name: 'a call with a signature that is none', bytes: post('{}', { authorization: 'AWS4-HMAC-SHA256 x' }) },
    { name: 'a body that is too large', bytes: post('a'.repeat(2_000_000)) },
    { name: 'an order without the secret', bytes: admin('{}', 'wrong') },
    { name: 'an order that is none', bytes: admin('{"kind":"no such"}') },
    { name: 'a good upgrade and no open message', bytes: knock() },
    { name: 'an upgrade that is badly signed', bytes: knock({ authorization: 'AWS4-HMAC-SHA256 x' }) },
    { name: 'an upgrade without a key', bytes: knock({ 'sec-websocket-key': 'short' }) },
    { name: 'an upgrade with an Origin', bytes: knock({ origin: `http://${host}` }) },
    { name: 'a wrong token', bytes: Buffer.concat([Buffer.from(knock()), open('wrong')]) },
    { name: 'the right token', bytes: Buffer.concat([Buffer.from(knock()), open(token)]) },
    { name: 'a frame that is none', bytes: Buffer.concat([Buffer.from(knock()), Buffer.from([0xff, 0xff, 0, 0])]) },
  ]
}

describe.each([
  ['the simulator in a process of its own', simulatorProcess],
  ['the simulator in this process', simulatorHere],
] as const)('%s', (_, start) => {
  const victim = victimOf(start)

  const expectAnswers = async (one: SimulatorVictim): Promise<void> => {
    expect((await one.ticket()).token).not.toBe('')
    expect([one.hasDied(), faults]).toEqual([false, []])
  }

  const names = attacksOnSimulator({ port: 0, secret: '', path: '', token: '' })
  test.each(rows(names))('lives on after %s, reset %s', async (name, moment) => {
    const one = victim()
    const { port, secret } = one
    const attack = attacksOnSimulator({ port, secret, ...(await one.ticket()) }).find((each) => each.name === name)!
    await strikeOften({ host: '127.0.0.1', port }, attack, moment)
    await expectAnswers(one)
  })

  test.each(['at once', 'once answered'] as const)(
    'lives on after an upgrade refused by order, reset %s',
    async (moment) => {
      const one = victim()
      const host = `127.0.0.1:${one.port}`
      const { path: channel } = await one.ticket()
      const order = async (body: string): Promise<void> => {
        const headers = {
          host,
          connection: 'close',
          'content-length': String(body.length),
          'x-culvert-secret': one.secret,
        }
        const answer = await askOnce(
          { host: '127.0.0.1', port: one.port },
          httpText('POST /_admin/faults', headers, body),
        )
        expect(answer).toMatch(/^HTTP\/1\.1 200 OK/)
      }
      await order('{"kind":"refuse-upgrades"}')
      const bytes = httpText(`GET ${channel}`, { host, ...UPGRADE })
      const answers = await strikeOften({ host: '127.0.0.1', port: one.port }, { bytes }, moment)
      if (moment === 'once answered') expect(answers.join('')).toContain('503')
      await order('{"kind":"clear"}')
      await expectAnswers(one)
    },
  )
})

describe('where unsigned upgrades are refused', () => {
  const victim = victimOf(async () => {
    const simulator = await startSimulator({ upgradePolicy: 'signed-only' })
    return {
      simulator,
      hasDied: () => faults.length > 0,
      [Symbol.asyncDispose]: () => simulator[Symbol.asyncDispose](),
    }
  })

  test.each(['at once', 'once answered'] as const)('the simulator lives on after one, reset %s', async (moment) => {
    const { simulator } = victim()
    const { host, hostname, port } = new URL(simulator.endpointUrl)
    const bytes = httpText(`GET ${(await ticketsOf(simulator)()).path}`, { host, ...UPGRADE })
    const answers = await strikeOften({ host: hostname, port: Number(port) }, { bytes }, moment)
    if (moment === 'once answered') expect(answers.join('')).toContain('403')
    expect((await ticketsOf(simulator)()).token).not.toBe('')
    expect(faults).toEqual([])
  })
})

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
