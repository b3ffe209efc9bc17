// Replays the messages of a real agent (a>c, r>c) into our client, repeats the person's actions, and compares the client's
// messages with those of AWS's plugin (c>a). Permitted deviations, each checked here to be no larger than that:
//
//   1. Message borders of multiplexed bytes: the bytes form one stream, so the streams are compared, not the messages.
//   2. We do not answer a FIN with a FIN: the far end has already deleted the stream (§8.4).
//   3. Retransmissions: the plugin repeats messages because of its defects (D3, D4); repeats are compared as one message.
//   4. On a resume with nothing in flight we repeat the last acknowledged message (§14 d); the plugin sends nothing.
//   5. We bind the key to the agent's random challenge and acknowledge it (§6); the plugin does not. Nonces are random.
//   6. ClientVersion: a newer plugin's than the recorded one.

import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CLIENT_VERSION } from '../electron/ssm/codec/version'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { Channel } from '../electron/ssm/channel/channel'
import { createPort } from '../electron/ssm/port/create'
import type { Port } from '../electron/ssm/port/port'
import {
  decrypted,
  parseSmux,
  readTranscript,
  recordedEncryption,
  transcriptNames,
  type Step,
} from './kit/wire/transcripts'
import type { NaiveMessage } from './kit/wire/naive'
import { MemoryWire } from './kit/wire/memory'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The messages of one side: acknowledgements, control messages, and user bytes as one stream. */
interface Said {
  opens: string[][]
  clientIds: Set<string>
  acknowledged: string[]
  controls: string[]
  bytes: Buffer
  first: number
}

function summarize(messages: readonly NaiveMessage[], opens: readonly Record<string, string>[]): Said {
  const inputs = new Map<bigint, NaiveMessage>()
  for (const message of messages) if (message.type === 'input_stream_data') inputs.set(message.sequence, message)
  const ordered = [...inputs.values()].toSorted((a, b) => Number(a.sequence - b.sequence))
  const acknowledged = new Set<string>()
  for (const message of messages) {
    if (message.type !== 'acknowledge') continue
    const json = JSON.parse(message.payload.toString()) as Record<string, unknown>
    const said = [
      json['AcknowledgedMessageSequenceNumber'],
      json['AcknowledgedMessageId'],
      json['AcknowledgedMessageType'],
      json['IsSequentialMessage'],
    ]
    acknowledged.add(`${said.join(' ')} ${message.flags} ${message.sequence} ${message.payloadType}`)
  }
  return {
    opens: opens.map((open) => Object.keys(open)),
    clientIds: new Set(opens.map((open) => open['ClientId'] ?? '')),
    acknowledged: [...acknowledged],
    controls: ordered
      .filter((message) => message.payloadType !== 1)
      .map((message) => `${message.payloadType} flags ${message.flags} ${message.payload.toString('latin1')}`),
    bytes: Buffer.concat(ordered.filter((message) => message.payloadType === 1).map((message) => message.payload)),
    first: Number(ordered[0]?.sequence ?? -1),
  }
}

/** Repeats the actions of the person at the plugin, as far as the plugin's own bytes show them. */
class Person {
  #streams = new Map<number, Duplex>()
  #unread = Buffer.alloc(0)
  readonly #channel: Channel
  readonly #port: () => Port | undefined

  constructor(channel: Channel, port: () => Port | undefined) {
    this.#channel = channel
    this.#port = port
  }

  act(message: NaiveMessage): void {
    if (message.payloadType === 6 || message.payloadType === 9) return
    if (message.payloadType !== 1) {
      this.#channel.send(message.payloadType, message.payload)
      return
    }
    const port = this.#port()
    if (port === undefined || port.mode !== 'mux') {
      this.#channel.write(message.payload, () => undefined)
      return
    }
    const { frames, rest } = parseSmux(Buffer.concat([this.#unread, message.payload]))
    this.#unread = Buffer.from(rest)
    for (const frame of frames) {
      if (frame.cmd === 0) {
        const stream = port.open()
        stream.resume()
        this.#streams.set(frame.id, stream)
      } else if (frame.cmd === 2) this.#streams.get(frame.id)?.write(frame.data)
      else if (frame.cmd === 1) this.#streams.get(frame.id)?.end()
    }
  }
}

async function replay(steps: readonly Step[]) {
  const seen: NaiveMessage[] = []
  const acted = new Set<bigint>()
  const wires: MemoryWire[] = []
  const closed: string[] = []
  const told: { payloadType: number; payload: Buffer }[] = []
  const encryption = recordedEncryption(steps)
  const contexts: Readonly<Record<string, string>>[] = []
  let port: Port | undefined
  const channel = new Channel({
    ...(encryption === undefined
      ? {}
      : {
          encryption: {
            sessionId: encryption.sessionId,
            targetId: 'i-0123456789abcdef0',
            requestDataKey: (request) => {
              contexts.push(request.encryptionContext)
              const { ciphertextBlob, dataKey } = encryption
              return Promise.resolve({ ciphertextBlob, plaintext: Buffer.from(dataKey) })
            },
          },
        }),
    handlers: {
      ready: (ready) => {
        if (ready.sessionType === 'Port') port = createPort(channel, ready, new ReceiveBudget())
        return {
          receive: (payloadType, payload) => {
            told.push({ payloadType, payload: Buffer.from(payload) })
            port?.receive(payloadType, payload)
          },
        }
      },
      lost: () => undefined,
      resumed: () => undefined,
      closed: (text) => closed.push(text),
      failed: (error) => {
        throw error
      },
    },
  })
  const person = new Person(channel, () => port)
  for (const step of steps) {
    if (step.kind === 'open') {
      wires.at(-1)?.drop()
      wires.push(new MemoryWire())
      channel.attach(wires.at(-1)!, 'token')
    } else if (step.kind === 'message') {
      const { from, frame } = step
      const message = decrypted(step.message, encryption)
      if (from === 'client') {
        seen.push(message)
        if (message.type === 'input_stream_data' && !acted.has(message.sequence)) {
          acted.add(message.sequence)
          person.act(message)
          await vi.advanceTimersByTimeAsync(0)
        }
      } else if (from !== 'service-to-agent' && message.type !== 'agent_session_state') {
        wires.at(-1)!.deliver(frame)
        await vi.advanceTimersByTimeAsync(0)
      }
    }
  }
  channel.close()
  const opens = steps.flatMap((step) => (step.kind === 'open' ? [step.text] : []))
  const ourOpens = wires.map((wire) => JSON.parse(wire.texts[0]!) as Record<string, string>)
  return {
    plugin: summarize(seen, opens),
    client: summarize(
      wires.flatMap((wire) => wire.sent).map((message) => decrypted(message, encryption)),
      ourOpens,
    ),
    closed,
    told,
    encryption,
    contexts,
    isMux: port?.mode === 'mux',
  }
}

describe('the recorded agent, answered by our client', () => {
  for (const name of transcriptNames) {
    it(`${name}: hears what the plugin said`, async () => {
      const steps = readTranscript(name)
      const { plugin, client, closed, isMux } = await replay(steps)
      expect(client.opens).toEqual(plugin.opens)
      expect(client.clientIds.size).toBe(1)
      expect(client.acknowledged.toSorted()).toEqual(plugin.acknowledged.toSorted())
      expect(plugin.acknowledged.length).toBeGreaterThan(0)
      expect(client.controls).toEqual(
        // Deviations 5 and 6.
        plugin.controls.map((control) =>
          control
            .replace('"KMSCipherTextHash":null}', '"KMSCipherTextHash":null,"ChallengeAcknowledgement":true}')
            .replace('"ClientVersion":"1.2.707.0"', `"ClientVersion":"${CLIENT_VERSION}"`),
        ),
      )
      expect(client.first).toBe(plugin.first)
      if (isMux) {
        // Deviation 2: only the plugin sends FINs in answer to a FIN.
        const finished = new Set<number>()
        const events = steps.flatMap((step) =>
          step.kind === 'message' && step.message.payloadType === 1 && step.message.type.endsWith('stream_data')
            ? [step]
            : [],
        )
        const pending = { client: Buffer.alloc(0), agent: Buffer.alloc(0) }
        const answers = new Set<number>()
        for (const { from, message } of events) {
          if (from !== 'client' && from !== 'agent') continue
          const { frames, rest } = parseSmux(Buffer.concat([pending[from], message.payload]))
          pending[from] = Buffer.from(rest)
          for (const frame of frames.filter((each) => each.cmd === 1)) {
            if (from === 'client' && finished.has(frame.id)) answers.add(frame.id)
            finished.add(frame.id)
          }
        }
        const said = (bytes: Buffer): string[] => {
          const { frames, rest } = parseSmux(bytes)
          expect(rest.length).toBe(0)
          return frames
            .filter((frame) => !(frame.cmd === 1 && answers.has(frame.id)))
            .map((frame) => `${frame.cmd} ${frame.id} ${frame.data.toString('hex')}`)
        }
        expect(said(client.bytes)).toEqual(said(plugin.bytes))
      } else expect(client.bytes.toString('latin1')).toBe(plugin.bytes.toString('latin1'))
      const closing = steps.flatMap((step) =>
        step.kind === 'message' && step.message.type === 'channel_closed' && step.from === 'service-to-client'
          ? [(JSON.parse(step.message.payload.toString()) as { Output: string }).Output]
          : [],
      )
      expect(closed).toEqual(closing.slice(0, 1))
    })
  }

  it("check 25: encrypted-shell: asks for the plugin's key with the challenge, and reads what the agent encrypted", async () => {
    const steps = readTranscript('encrypted-shell')
    const { told, encryption, contexts, client } = await replay(steps)
    expect(contexts).toEqual([{ ...encryption!.context, 'aws:ssm:RandomChallenge': encryption!.randomChallenge }])
    expect(client.controls.map((control) => control.split(' ')[0])).toEqual(['6', '9', '3'])
    expect(client.controls[1]).toBe(`9 flags 0 ${encryption!.challenge.toString('hex')}`)
    const text = Buffer.concat(told.map((each) => each.payload)).toString()
    expect(text).toMatch(/^\$ [\s\S]*exit\r\n$/)
    expect(client.bytes.toString()).toMatch(/exit\r$/)
  })

  it('check 28: gives StdErr and the exit code as types of their own', async () => {
    const { told } = await replay(readTranscript('separate-output-command'))
    const kinds = new Set(told.map((each) => each.payloadType))
    expect(kinds).toEqual(new Set([1, 11, 12]))
    expect(told.find((each) => each.payloadType === 12)!.payload.toString()).toMatch(/^EXIT_CODE: \d+/)
  })
})
