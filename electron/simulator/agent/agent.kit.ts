// What the tests of the agent share: vectors, and a session on a clock that a test moves.

import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, vi } from 'vitest'
import { AgentSession, type AgentSessionOptions } from './agent'
import { acknowledgeNaively, readNaively, writeNaively, type NaiveMessage } from '../../../e2e/kit/wire/naiveclient'
import { createPipe } from '../world/pipe'
import type { SessionEnd, SessionPlan } from './plugin'

interface Sent {
  readonly messageType: string
  readonly payloadUtf8?: string
  readonly sequenceNumber: string
  readonly flags: string
}

interface Vector {
  readonly id: string
  readonly kind: string
  readonly hex: string
  readonly expected: string
  readonly agent?: object
  readonly json: string
  readonly expectedNext: string
  readonly sent: readonly Sent[]
  readonly rows: readonly {
    case: string
    response: string
    acked: boolean
    canceled: boolean
    handshakeError: string
  }[]
  readonly steps: readonly {
    event: string
    sent: readonly Sent[]
    unacked: number
    nextSequence: string
    paused: boolean
  }[]
}

/** All vectors. */
export const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as { vectors: Vector[] }

/** Returns the vector of this id. */
export function vector(id: string): Vector {
  return vectors.find((entry) => entry.id === id)!
}

const ID = '00112233-4455-6677-8899-aabbccddeeff'
const DATE = 1_700_000_000_123
const RAW: SessionPlan = { kind: 'port', properties: { portNumber: '22' } }

/** A response that agrees to the handshake. */
export const RESPONSE =
  '{"ClientVersion":"1.2.707.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}'

/** Writes an input message. */
export function input(sequenceNumber: number, payloadType: number, payload: string): Buffer {
  return writeNaively({
    type: 'input_stream_data',
    sequenceNumber,
    flags: 0,
    payloadType,
    payload: Buffer.from(payload),
  })
}

/** Writes a publication message. */
export function publication(type: string): Buffer {
  return writeNaively({ type, sequenceNumber: 0, flags: 0, payloadType: 0, payload: Buffer.from('{}') })
}

/** Starts a session whose frames are kept. */
export function start(overrides: Partial<AgentSessionOptions> = {}) {
  const frames: Buffer[] = []
  const ends: SessionEnd[] = []
  const [near, far] = createPipe()
  const received: Buffer[] = []
  far.on('data', (chunk: Buffer) => received.push(chunk))
  const agent = new AgentSession({
    sessionId: 'session-id-fixed',
    agentVersion: '3.3.0.0',
    plan: RAW,
    computer: { name: 'web-1', dial: () => Promise.resolve<Duplex>(near), forbiddenAddress: () => undefined },
    settings: { isPaced: true, shellDelayMs: 0, hasPty: false, hasBanner: false, folder: tmpdir() },
    send: (frame) => frames.push(frame) > 0,
    onEnd: (end) => ends.push(end),
    newId: () => ID,
    ...overrides,
  })
  agent.start()
  const messages = (): NaiveMessage[] => frames.map(readNaively)
  const acknowledged = (): number[] =>
    messages()
      .filter(({ type }) => type === 'acknowledge')
      .map(
        ({ payload }) =>
          (JSON.parse(payload.toString()) as { AcknowledgedMessageSequenceNumber: number })
            .AcknowledgedMessageSequenceNumber,
      )
  const outputs = (): NaiveMessage[] => messages().filter(({ type }) => type === 'output_stream_data')
  const delivered = (): string => Buffer.concat(received).toString()
  return { agent, frames, ends, far, delivered, messages, acknowledged, outputs }
}

/** A session after its handshake, with the handshake's messages acknowledged. */
export async function startShaken() {
  const session = start()
  session.agent.receive(acknowledgeNaively(0))
  session.agent.receive(input(0, 6, RESPONSE))
  await vi.advanceTimersByTimeAsync(0)
  session.agent.receive(acknowledgeNaively(1))
  session.frames.length = 0
  return session
}

/** Fakes the time of each test; call it at the top of a test file. */
export function stageClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: DATE })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}
