// Replays the messages of AWS's plugin (c>a, and the service's r>a) into the simulator's agent, makes the destinations and
// programs behind it act as recorded, and compares the agent's messages with those of the real agent (a>c). Permitted
// deviations:
//
//   1. Borders of messages, and of the frames of one multiplexed stream: the bytes are compared, stream by stream.
//   2. The machine's shell: its prompt "sh-5.1$ " is read as "$ ", and the sequences of its line editor (bracketed paste on and
//      off, the prompt drawn again after a resize) and the word that bash says at its exit are left out. The recorded one is dash.
//   3. The time in HandshakeComplete, ids and dates.
//   4. The acknowledgement of the final flag: the plugin had ended before it could be recorded.
//   5. StdErr and Output of one command come over two pipes: their relative order depends on the machine.

import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AgentSession } from '../electron/simulator/agent/agent'
import type { SessionPlan } from '../electron/simulator/agent/plugin'
import { destination, openAgent } from './kit/wire/agent'
import type { NaiveMessage } from './kit/wire/naive'
import {
  decrypted,
  parseSmux,
  readTranscript,
  recordedEncryption,
  transcriptNames,
  type Step,
} from './kit/wire/transcripts'

let agent: AgentSession | undefined
afterEach(async () => {
  await agent?.[Symbol.asyncDispose]()
})

/** Derives the session's plan from the document that the service sent to the agent. */
function planOf(steps: readonly Step[]): SessionPlan {
  const start = steps.find((step) => step.kind === 'start')
  if (start?.kind !== 'start') throw new Error('no start message')
  const content = JSON.parse(start.content) as {
    DocumentContent: { sessionType: string; properties: Record<string, unknown> }
    Parameters?: Record<string, string> | null
  }
  const parameters = content.Parameters ?? {}
  const { sessionType, properties } = content.DocumentContent
  const command = parameters['command'] ?? ''
  switch (sessionType) {
    case 'Port':
      return {
        kind: 'port',
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, value]) => [
            key,
            String(value).replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => parameters[name] ?? ''),
          ]),
        ),
      }
    case 'InteractiveCommands':
      return { kind: 'interactive-command', command }
    case 'NonInteractiveCommands': {
      const linux = properties['linux'] as { separateOutputStream?: boolean }
      return { kind: 'command', command, hasSeparateOutput: linux.separateOutputStream === true }
    }
    default:
      return { kind: 'shell' }
  }
}

function userBytes(messages: readonly NaiveMessage[], payloadType = 1): Buffer {
  const unique = new Map(
    messages
      .filter((message) => message.type === 'output_stream_data' && message.payloadType === payloadType)
      .map((message) => [message.sequence, message.payload]),
  )
  return Buffer.concat([...unique.values()])
}

const ESCAPE = String.fromCharCode(27)
const BRACKETED_PASTE = new RegExp(`${ESCAPE}\\[\\?2004[hl]\\r?`, 'g')

const asText = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replaceAll('sh-5.1$ ', '$ ')
    .replaceAll(BRACKETED_PASTE, '')
    .replaceAll(`$ \r${ESCAPE}[K\r$ `, '$ ')
    .replace(/\$ exit\r\nexit\r\n$/, '$ exit\r\n')

/** The messages of an agent, without user bytes. */
function summarize(messages: readonly NaiveMessage[]) {
  const acknowledged = messages
    .filter((message) => message.type === 'acknowledge')
    .map((message) => `${message.flags} ${message.sequence} ${message.payloadType} ${message.payload.toString()}`)
  const controls = new Map<bigint, string>()
  for (const message of messages) {
    if (message.type !== 'output_stream_data' || [1, 11].includes(message.payloadType)) continue
    const text = message.payload
      .toString('latin1')
      .replace(/"HandshakeTimeToComplete":\d+/, '"HandshakeTimeToComplete":0')
    controls.set(message.sequence, `${message.payloadType} flags ${message.flags} ${text}`)
  }
  return {
    acknowledged: [...new Set(acknowledged)].toSorted(),
    controls: [...controls.values()],
    states: messages
      .filter((message) => message.type === 'agent_session_state')
      .map(
        (message) =>
          `${message.flags} ${(JSON.parse(message.payload.toString()) as { SessionState: string }).SessionState}`,
      ),
    firstFlags: messages.find((message) => message.type === 'output_stream_data')?.flags,
  }
}

async function replay(steps: readonly Step[]) {
  const plan = planOf(steps)
  const isMux = plan.kind === 'port' && plan.properties['type'] === 'LocalPortForwarding'
  const recorded: NaiveMessage[] = []
  const destinations: ReturnType<typeof destination>[] = []
  const encryption = recordedEncryption(steps)
  const plain = (message: NaiveMessage): NaiveMessage => decrypted(message, encryption)
  const contexts: Readonly<Record<string, string>>[] = []
  const isRefused = plan.kind === 'port' && plan.properties['portNumber'] === '1'
  const opened = openAgent({
    plan,
    forbids: '169.254.169.254',
    ...(encryption === undefined
      ? {}
      : {
          sessionId: encryption.sessionId,
          encryption: {
            kmsKeyId: encryption.kmsKeyId,
            targetId: 'i-0123456789abcdef0',
            randomChallenge: 'offered' as const,
            decrypt: (_blob, context) => {
              contexts.push(context)
              return encryption.dataKey
            },
          },
          // The values that were random at the real agent: with them our agent's ciphertexts must match byte for byte.
          random: (size) => {
            if (size === 12) return encryption.challengeNonce
            return size === 64 ? encryption.challenge : Buffer.from(encryption.randomChallenge, 'base64')
          },
        }),
    dial: () => {
      if (isRefused) return Promise.reject(new Error('connection refused'))
      const far = destination()
      destinations.push(far)
      return Promise.resolve(far.near)
    },
  })
  agent = opened.agent
  const clientFinished = new Set<number>()
  const ids: number[] = []
  const pending = { client: Buffer.alloc(0), agent: Buffer.alloc(0) }
  const framesOf = (from: 'client' | 'agent', payload: Buffer) => {
    const { frames, rest } = parseSmux(Buffer.concat([pending[from], payload]))
    pending[from] = Buffer.from(rest)
    return frames
  }
  const seen = { client: new Set<bigint>(), agent: new Set<bigint>() }
  const closing: string[] = []
  for (const step of steps) {
    if (step.kind !== 'message') continue
    const { from, frame, message } = step
    if (from === 'service-to-client') {
      if (message.type === 'channel_closed') {
        closing.push((JSON.parse(message.payload.toString()) as { Output: string }).Output)
      }
      continue
    }
    if (from !== 'agent') {
      if (from === 'client' && message.type === 'input_stream_data') {
        const isNew = !seen.client.has(message.sequence)
        seen.client.add(message.sequence)
        if (isMux && isNew && message.payloadType === 1) {
          for (const each of framesOf('client', message.payload)) {
            if (each.cmd === 0) ids.push(each.id)
            if (each.cmd === 1) clientFinished.add(each.id)
          }
        }
      }
      opened.agent.receive(frame)
      if (from === 'client' && message.type === 'input_stream_data' && opened.ends.length === 0) {
        // The plugin waited for the reaction to each of its messages, and sent again the messages before the program had
        // started; so does the replay.
        const isAcknowledged = (): boolean => opened.acknowledged().includes(Number(message.sequence))
        await vi.waitFor(
          () => {
            if (!isAcknowledged() && message.payloadType === 3) opened.agent.receive(frame)
            expect(isAcknowledged()).toBe(true)
          },
          { interval: 2 },
        )
      }
      continue
    }
    recorded.push(plain(message))
    if (message.type !== 'output_stream_data' || seen.agent.has(message.sequence)) continue
    seen.agent.add(message.sequence)
    if (message.payloadType !== 1) continue
    if (isMux) {
      for (const each of framesOf('agent', message.payload)) {
        const far = destinations[ids.indexOf(each.id)]
        if (each.cmd === 2) far?.say(each.data.toString('latin1'))
        if (each.cmd === 1 && !clientFinished.has(each.id)) far?.hangUp()
      }
    } else if (plan.kind === 'port') {
      await vi.waitFor(() => expect(destinations.length).toBe(1), { interval: 2 })
      destinations[0]!.say(message.payload.toString('latin1'))
    }
    await vi.waitFor(
      () =>
        expect(asText(userBytes(opened.sent.map(plain))).length).toBeGreaterThanOrEqual(
          asText(userBytes(recorded)).length - (isMux ? pending.agent.length : 0),
        ),
      { interval: 2 },
    )
  }
  if (plan.kind === 'port' && !isMux) destinations[0]?.hangUp()
  await vi.waitFor(() => expect(opened.ends.length).toBe(1), { interval: 2 })
  const said = opened.sent.map(plain)
  return { plan, isMux, recorded, said, end: opened.ends[0]!, closing, encryption, contexts }
}

describe('the recorded plugin, answered by the simulator’s agent', () => {
  for (const name of transcriptNames) {
    it(`${name}: hears what the real agent said`, async () => {
      const steps = readTranscript(name)
      const { isMux, recorded, said, end, closing, encryption, contexts } = await replay(steps)
      const lastFlag = steps.findLast(
        (step) => step.kind === 'message' && step.from === 'client' && step.message.payloadType === 10,
      )
      const theirs = summarize(recorded)
      const ours = summarize(said)
      const additional = ours.acknowledged.filter((each) => !theirs.acknowledged.includes(each))
      expect(ours.acknowledged.filter((each) => !additional.includes(each))).toEqual(theirs.acknowledged)
      expect(additional).toEqual(
        additional
          .filter((each) => each.includes(`Number":${lastFlag?.kind === 'message' ? lastFlag.message.sequence : '-'},`))
          .slice(0, 1),
      )
      expect(ours.controls).toEqual(theirs.controls)
      expect(ours.states).toEqual(theirs.states)
      expect(contexts).toEqual(encryption === undefined ? [] : [encryption.context])
      expect(ours.firstFlags).toBe(theirs.firstFlags)
      expect(asText(userBytes(said, 11))).toBe(asText(userBytes(recorded, 11)))
      if (isMux) {
        const streams = (messages: readonly NaiveMessage[]): Record<string, string> => {
          const said: Record<string, string> = {}
          for (const each of parseSmux(userBytes(messages)).frames) {
            said[each.id] =
              (said[each.id] ?? '') + (each.cmd === 2 ? each.data.toString('hex') : ` command ${each.cmd}`)
          }
          return said
        }
        expect(streams(said)).toEqual(streams(recorded))
      } else expect(asText(userBytes(said))).toBe(asText(userBytes(recorded)))
      expect([end.output]).toEqual(closing.slice(0, 1))
    })
  }
})
