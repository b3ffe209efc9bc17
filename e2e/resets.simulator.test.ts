// A program without any token resets its connection to the simulator after each kind of refusal: the simulator goes on answering.

import { describe, expect, test } from 'vitest'
import { getTicket } from './kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { askOnce, httpText, rows, strikeOften, textFrame, UPGRADE, type Attack } from './kit/programs/attack'
import { attacksOn, ended, faults, type Mortal, programs, stageVictims, victimOf } from './kit/stages/resets'

stageVictims()

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
