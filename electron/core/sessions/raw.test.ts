import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  acknowledgeInputs,
  channelClosed,
  openOptions,
  portReadyAs,
  startGateway,
  type Gateway,
  type GatewayOptions,
  type GatewaySocket,
} from '../../../e2e/kit/wire/gateway'
import { output, type NaiveMessage } from '../../../e2e/kit/wire/naive'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import { openRawSession, type RawSession } from './raw'

let gateway: Gateway
const opened: RawSession[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session[Symbol.asyncDispose]()))
  await gateway[Symbol.asyncDispose]()
})

const ssh = { portNumber: '22' }

/** Opens a raw connection on a gateway; what the client sends is kept and acknowledged. */
async function open(options: Partial<GatewayOptions> & { readonly agentVersion?: string } = {}) {
  const inputs: NaiveMessage[] = []
  const socket = deferred<GatewaySocket>()
  gateway = await startGateway({
    ...options,
    onOpen: (each) => {
      each.send(...portReadyAs(ssh, options.agentVersion))
      socket.resolve(each)
      void acknowledgeInputs(each, (message) => inputs.push(message))
    },
  })
  const session = await openRawSession({ ...openOptions(gateway), remotePort: 22 })
  opened.push(session)
  return { session, socket: await socket.promise, inputs }
}

/** Resolves with how a stream ends: its text, or the code of its error. */
async function outcome({ stream }: RawSession): Promise<string> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    return error instanceof AppError ? error.code : 'foreign error'
  }
}

describe('a raw connection', () => {
  it('carries the bytes of the session as they are, and knows when they are acknowledged', async () => {
    const { session, inputs } = await open()
    session.stream.write(Buffer.from([0, 10, 13, 255]))
    expect(await session.drained(60_000)).toBe(true)
    const sent = inputs.filter(({ payloadType }) => payloadType === 1).map(({ payload }) => payload.toString('hex'))
    expect(sent).toEqual(['000a0dff'])
    expect(gateway.requests).toMatchObject([{ document: 'AWS-StartSSHSession', parameters: { portNumber: ['22'] } }])
  })

  it('ends behind its last byte where the service ends the session without a word: the destination hung up', async () => {
    const { session, socket } = await open()
    socket.send(output(2, 'bye'), channelClosed(''))
    expect(await outcome(session)).toBe('bye')
  })

  it('fails where the service says why it ends the session', async () => {
    const { session, socket } = await open()
    socket.send(output(2, 'bye'), channelClosed('Unable to connect to specified port: 22'))
    expect(await outcome(session)).toBe('destination-refused')
  })

  it('fails where the session breaks, although the service has said nothing', async () => {
    const { session, socket } = await open({
      resumeSession: () => Promise.reject(new AppError('access-denied', 'not allowed')),
    })
    socket.close()
    expect(await outcome(session)).toBe('access-denied')
  })
})

describe('its end', () => {
  it('tells the agent by Flag 2 where the agent understands it, and not an older one', async () => {
    for (const [agentVersion, flags] of [
      ['2.3.722.1', ['00000002']],
      ['2.3.722.0', []],
    ] as const) {
      const { session, inputs } = await open({ agentVersion })
      await session[Symbol.asyncDispose]()
      const seen = inputs.filter(({ payloadType }) => payloadType === 10).map(({ payload }) => payload.toString('hex'))
      expect([agentVersion, seen]).toEqual([agentVersion, flags])
      await vi.waitFor(() => expect(gateway.terminated).toEqual(['session-1']))
      await gateway[Symbol.asyncDispose]()
    }
    gateway = await startGateway({ onOpen: () => undefined })
  })
})
