// The simulator's agent without sockets: frames in, frames out, and destinations made by the test.

import { tmpdir } from 'node:os'
import { Duplex } from 'node:stream'
import { AgentSession } from '../../../electron/simulator/agent/agent'
import type { AgentEncryption, RandomSource } from '../../../electron/simulator/agent/keys'
import type { SessionEnd, SessionPlan } from '../../../electron/simulator/agent/plugin'
import { naiveDecode, naiveEncode, type NaiveMessage } from './naive'

/** A message of the client. */
export function input(sequence: number, payload: Buffer | string, payloadType = 1): Buffer {
  return naiveEncode({ type: 'input_stream_data', sequence, payloadType, payload })
}

/** The client's acknowledgement of output `sequence`. */
export function acknowledgeOutput(sequence: number): Buffer {
  return naiveEncode({
    type: 'acknowledge',
    flags: 3,
    payload: JSON.stringify({
      AcknowledgedMessageType: 'output_stream_data',
      AcknowledgedMessageId: '00112233-4455-6677-8899-aabbccddeeff',
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }),
  })
}

/** A HandshakeResponse that agrees. */
export const agreement = JSON.stringify({
  ClientVersion: '1.2.707.0',
  ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }],
  Errors: null,
})

/** What {@link openAgent} is given. */
export interface AgentOptions {
  readonly plan: SessionPlan
  readonly dial?: (host: string | undefined, port: number) => Promise<Duplex>
  readonly agentVersion?: string
  readonly shellDelayMs?: number
  readonly hasPty?: boolean
  readonly forbids?: string
  readonly sessionId?: string
  readonly encryption?: AgentEncryption | undefined
  readonly random?: RandomSource
  /** Called with each frame that the agent sends. */
  readonly onFrame?: (frame: Buffer) => void
}

/** Starts an agent's session; everything it sends is kept. */
export function openAgent(options: AgentOptions): {
  agent: AgentSession
  sent: NaiveMessage[]
  ends: SessionEnd[]
  /** Stream messages sent, without acknowledgements and states. */
  outputs: () => NaiveMessage[]
  acknowledged: () => number[]
  onSent: { listener: (message: NaiveMessage) => void }
} {
  const sent: NaiveMessage[] = []
  const ends: SessionEnd[] = []
  const onSent = { listener: (_message: NaiveMessage): void => undefined }
  const agent = new AgentSession({
    sessionId: options.sessionId ?? 'session-1',
    encryption: options.encryption,
    ...(options.random === undefined ? {} : { random: options.random }),
    agentVersion: options.agentVersion ?? '3.3.0.0',
    plan: options.plan,
    computer: {
      name: 'test',
      dial: options.dial ?? (() => Promise.reject(new Error('connection refused'))),
      forbiddenAddress: (host) => (host === options.forbids ? host : undefined),
    },
    settings: {
      isPaced: false,
      shellDelayMs: options.shellDelayMs ?? 0,
      hasPty: options.hasPty ?? true,
      hasBanner: false,
      folder: tmpdir(),
    },
    send: (frame) => {
      const message = naiveDecode(frame)
      sent.push(message)
      onSent.listener(message)
      options.onFrame?.(frame)
      return true
    },
    onEnd: (end) => ends.push(end),
  })
  agent.start()
  return {
    agent,
    sent,
    ends,
    onSent,
    outputs: () => sent.filter((message) => message.type === 'output_stream_data'),
    acknowledged: () =>
      sent
        .filter((message) => message.type === 'acknowledge')
        .map((message) => Number(JSON.parse(message.payload.toString()).AcknowledgedMessageSequenceNumber)),
  }
}

/** A destination: what the agent wrote to it, and ways to answer. */
export function destination(): {
  readonly near: Duplex
  readonly received: () => string
  /** One byte a character. */
  readonly say: (text: string) => void
  readonly hangUp: () => void
} {
  const chunks: Buffer[] = []
  const near = new Duplex({
    allowHalfOpen: true,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk))
      done()
    },
  })
  return {
    near,
    received: () => Buffer.concat(chunks).toString('latin1'),
    say: (text) => void near.push(Buffer.from(text, 'latin1')),
    hangUp: () => void near.push(null),
  }
}
