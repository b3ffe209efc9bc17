import { afterEach, describe, expect, it } from 'vitest'
import {
  acknowledgeInputs,
  channelClosed,
  openOptions,
  portReady,
  portReadyAs,
  startGateway,
  type Gateway,
  type GatewayOptions,
  type GatewaySocket,
} from '../../../e2e/kit/wire/gateway'
import { output, type NaiveMessage } from '../../../e2e/kit/wire/naive'
import { deferred } from '../../../shared/deferred'
import { encodeFrameHeader, FrameCommand } from '../../ssm/codec/frame'
import { openPortSession, type PortSession, type PortSessionOptions } from './session'

let gateway: Gateway
const opened: PortSession[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session[Symbol.asyncDispose]()))
  await gateway[Symbol.asyncDispose]()
})

const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }

/** Opens a forward's session on a gateway whose agent begins with `frames`; what the client sends is kept and acknowledged. */
async function open(
  frames: readonly Buffer[],
  {
    gateway: gatewayOptions,
    ...more
  }: Partial<PortSessionOptions> & { readonly gateway?: Partial<GatewayOptions> } = {},
) {
  const inputs: NaiveMessage[] = []
  const socket = deferred<GatewaySocket>()
  gateway = await startGateway({
    ...gatewayOptions,
    onOpen: (each) => {
      each.send(...frames)
      socket.resolve(each)
      void acknowledgeInputs(each, (message) => inputs.push(message))
    },
  })
  const session = await openPortSession({
    ...openOptions(gateway),
    remotePort: 80,
    onResuming: () => undefined,
    onResumed: () => undefined,
    onForecast: () => undefined,
    ...more,
  })
  opened.push(session)
  return { session, socket: await socket.promise, inputs }
}

describe('the session of a forward', () => {
  it('asks for the document of a remote host where there is one', async () => {
    await open(portReady, { remoteHost: 'db.internal', reason: 'ticket 7' })
    expect(gateway.requests).toMatchObject([
      {
        document: 'AWS-StartPortForwardingSessionToRemoteHost',
        parameters: { host: ['db.internal'] },
        reason: 'ticket 7',
      },
    ])
  })

  it('may be tried by a connection where connections do not wait in line, which also decides how long one lingers', async () => {
    const seen = []
    for (const version of ['3.3.987.0', '3.0.150.0']) {
      const { session } = await open(portReadyAs(forwarding, version))
      seen.push([session.canTryDestination, session.halfCloseLingerMs])
      await session[Symbol.asyncDispose]()
      await gateway[Symbol.asyncDispose]()
    }
    expect(seen).toEqual([
      [true, 30_000],
      [false, 1_000],
    ])
    await open(portReady)
  })

  it('that is over in the read that made it ready is never handed out: opening rejects with why, and it is ended', async () => {
    await expect(open([...portReady, channelClosed('gone as it came')])).rejects.toThrow('gone as it came')
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('its end', () => {
  /** How a connection of a session with these frames ends when the service ends the session by `text`. */
  async function endedBy(frames: readonly Buffer[], text: string) {
    const { session, socket } = await open(frames)
    const failed = deferred<Error>()
    session.open().on('error', failed.resolve)
    socket.send(channelClosed(text))
    const [connection, whole] = await Promise.all([failed.promise, session.ended])
    expect(connection).toBe(whole)
    return whole.code
  }

  it('without a word means that somebody ended it where connections are multiplexed, and not in basic mode', async () => {
    expect(await endedBy(portReady, '')).toBe('session-terminated')
    await gateway[Symbol.asyncDispose]()
    expect(await endedBy(portReadyAs(forwarding, '3.0.150.0'), '')).toBe('session-ended')
  })

  it('with a word means what the word says', async () => {
    const text = 'Your session timed out due to inactivity and has been terminated.'
    expect(await endedBy(portReady, text)).toBe('idle-timeout')
  })

  it('here fails every connection, behind the bytes that it has sent and the flag', async () => {
    const { session, inputs } = await open(portReady)
    const stream = session.open()
    const failed = deferred<Error>()
    stream.on('error', failed.resolve)
    stream.write('last words')
    await session[Symbol.asyncDispose]()
    expect(await failed.promise).toMatchObject({ code: 'session-ended' })
    const sent = inputs.filter(({ payloadType }) => payloadType !== 6).map(({ payload }) => payload)
    expect(sent.slice(0, -1).join('')).toContain('last words')
    expect(sent.at(-1)?.toString('hex')).toBe('00000002')
    expect(() => session.open()).toThrow('ended')
  })
})

it('a connection gets the bytes of its stream from the agent', async () => {
  const { session, socket } = await open(portReady)
  const stream = session.open()
  socket.send(output(2, Buffer.concat([encodeFrameHeader(FrameCommand.push, 3, 5), Buffer.from('hello')])))
  const heard = deferred<Buffer>()
  stream.once('data', heard.resolve)
  expect((await heard.promise).toString()).toBe('hello')
  stream.on('error', () => undefined)
})
