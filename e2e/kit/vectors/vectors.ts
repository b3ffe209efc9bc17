// The vectors, by id, which of them a test has used, and the simulated agents that are tried on them.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { AgentSession } from '../../../electron/simulator/agent/agent'
import { acknowledgeOutput, agreement, input, openAgent, type AgentOptions } from '../wire/agent'

/** A message as the vectors describe it. */
interface Sent {
  readonly messageType: string
  readonly payloadType: number
  readonly flags: string
  readonly sequenceNumber: string
  readonly payloadUtf8: string
  readonly payloadHex: string
}

interface SmuxFrame {
  readonly cmd: number
  readonly streamId: number
  readonly length: number
  readonly dataHex: string
}

/** The fields of every kind together: each test knows which its vector has. */
interface Vector {
  readonly id: string
  readonly kind: string
  readonly hex: string
  readonly fields: { readonly payloadHex: string }
  readonly expected: string
  readonly json: string
  readonly capacity: number
  readonly nextSequence: string
  readonly handshakeRequest: string
  readonly clientVersionOfThisBuild: string
  readonly sent: readonly Sent[]
  readonly frames: readonly SmuxFrame[]
  readonly totalBytes: number
  readonly acceptStreamResult: string
  readonly firstRead: string
  readonly received: string | readonly string[]
  readonly bytesAtDestination: number
  readonly payloadBytes: number
  readonly events: readonly { readonly sequence?: string; readonly tMs: number }[]
  readonly steps: readonly {
    readonly receiveSequence: string
    readonly payload: string
    readonly delivered: readonly string[]
    readonly ackSequence: string
    readonly remainingUnacked: readonly string[]
  }[]
  readonly rows: readonly {
    readonly sampleMs: number | null
    readonly rttNs: number
    readonly rttVarNs: number
    readonly rtoNs: number
    readonly agentVersion: string
    readonly terminateFlag: boolean
    readonly mux: boolean
    readonly disableSmuxKeepAlive: boolean
    readonly clientVersion: string
    readonly smuxKeepAliveDisabledByAgent: boolean
    readonly oldForSeparateOutput: boolean
    readonly case: string
    readonly response: string
    readonly acked: boolean
    readonly canceled: boolean
    readonly handshakeError: string
  }[]
  readonly streamDataPayloadSize: number
  readonly maxFrameSize: number
  readonly keepAliveIntervalMs: number
  readonly resendSleepIntervalMs: number
  readonly handshakeTimeoutMs: number
  readonly cancelAfterFlag1: number
  readonly cancelAfterFlag2: number
  readonly keyId: string
  readonly numberOfBytes: number
  readonly encryptionContext: Readonly<Record<string, string>>
  readonly ciphertextBlobBase64: string
  readonly plaintextHex: string
  readonly contexts: readonly Readonly<Record<string, string>>[]
  readonly randomChallenge: string
  readonly keyHex: string
  readonly nonceHex: string
  readonly ciphertextHex: string
  readonly direction: 'client-to-agent' | 'agent-to-client'
  readonly nonces: readonly string[]
}

/** All vectors. */
export const vectors: Vector[] = (
  JSON.parse(readFileSync(path.join(import.meta.dirname, '..', '..', 'vectors', 'vectors.json'), 'utf8')) as {
    vectors: Vector[]
  }
).vectors

/** Ids that a test has asked for. */
export const used = new Set<string>()

/** One smux frame, by a writer of its own. */
export function frame(cmd: number, id: number, data = ''): Buffer {
  const head = Buffer.from([1, cmd, data.length & 0xff, data.length >> 8, id & 0xff, 0, 0, 0])
  return Buffer.concat([head, Buffer.from(data)])
}

/** Returns the vector of this id, which counts as used. */
export function vector(id: string): Vector {
  const found = vectors.find((each) => each.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  used.add(id)
  return found
}

/** Returns the ids of a kind, but for some. */
export function idsOf(kind: string, except: readonly string[] = []): string[] {
  return vectors.filter((each) => each.kind === kind && !except.includes(each.id)).map((each) => each.id)
}

/** The plan of a multiplexed session. */
export const mux = {
  kind: 'port',
  properties: { portNumber: '80', localPortNumber: '0', type: 'LocalPortForwarding' },
} as const

const agents: AgentSession[] = []

/** Opens an agent; ended by `stageAgents`. */
export const open = (options: AgentOptions) => {
  const opened = openAgent(options)
  agents.push(opened.agent)
  return opened
}

/** Lets time pass until what is due at once is done. */
export const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5)

/** A port session past its handshake; the next input number is 1. */
export const shaken = async (options: AgentOptions) => {
  const opened = open(options)
  opened.agent.receive(input(0, agreement, 6))
  opened.agent.receive(acknowledgeOutput(0))
  await settle()
  opened.agent.receive(acknowledgeOutput(1))
  await settle()
  return opened
}

/** Fakes time, and ends the agents of each test. */
export function stageAgents(): void {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent[Symbol.asyncDispose]()
    expect(vi.getTimerCount()).toBe(0)
  })
}
