// What the tests of the encryption share: a key, and a channel whose agent asks for an encryption.

import { afterEach, beforeEach, expect, vi } from 'vitest'
import { openChannel } from '../../../e2e/kit/wire/channel'
import { acknowledgement, output } from '../../../e2e/kit/wire/naive'
import { halves, naiveSeal } from '../../../e2e/kit/wire/naivecipher'
import type { MemoryWire } from '../../../e2e/kit/wire/memory'
import type { DataKey, DataKeyRequest } from '../../../shared/session'

/** A data key. */
export const KEY = Buffer.from(Array.from({ length: 64 }, (_, index) => index * 3 + 1))

/** The half of the key for what the agent sends, and the other one. */
export const { toClient, toAgent } = halves(KEY)

/** A nonce. */
export const NONCE = Buffer.alloc(12, 7)

/** The text of a handshake that is complete. */
export const COMPLETE = '{"HandshakeTimeToComplete":1,"CustomerMessage":"This session is encrypted using AWS KMS."}'

/** Writes a handshake that asks for an encryption. */
export function kmsRequest(challenge?: string, sessionType = 'Standard_Stream'): string {
  return JSON.stringify({
    AgentVersion: '3.3.0.0',
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: sessionType, Properties: null } },
      { ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/k', Challenge: challenge } },
    ],
  })
}

/** A channel whose keys the test gives, and what it asked for. */
export function openEncrypted(answer?: (request: DataKeyRequest, signal: AbortSignal) => Promise<DataKey>) {
  const asked: DataKeyRequest[] = []
  const keys: Uint8Array[] = []
  const opened = openChannel({
    encryption: {
      sessionId: 'session-1',
      targetId: 'i-1',
      requestDataKey: (request, signal) => {
        asked.push(request)
        if (answer !== undefined) return answer(request, signal)
        const plaintext = Buffer.from(KEY)
        keys.push(plaintext)
        return Promise.resolve({ ciphertextBlob: Buffer.from('blob'), plaintext })
      },
    },
  })
  return { ...opened, asked, keys }
}

/** Lets what is due be done. */
export const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

/** Encrypts a challenge and writes it as the agent does. */
export const challengeOf = (plain: Buffer, key = toClient): string =>
  JSON.stringify({ Challenge: naiveSeal(key, NONCE, plain).toString('base64') })

/** Plays the agent up to the end of the handshake; the next output number is 3. */
export async function agree(wire: MemoryWire): Promise<void> {
  wire.deliver(output(0, kmsRequest('Y2hhbGxlbmdl'), 5))
  await turn()
  wire.deliver(acknowledgement(0))
  wire.deliver(output(1, challengeOf(Buffer.alloc(64, 5)), 8))
  wire.deliver(acknowledgement(1))
  wire.deliver(output(2, COMPLETE, 7))
}

interface Response {
  readonly ProcessedClientActions: readonly { readonly ActionStatus: number }[]
  readonly Errors: readonly string[] | null
}

/** Reads the response to the handshake. */
export const responseOf = (wire: MemoryWire) => JSON.parse(wire.inputs[0]!.payload.toString()) as Response

/** Reads the challenge of a payload. */
export const challengeIn = (payload: Buffer): Buffer =>
  Buffer.from((JSON.parse(payload.toString()) as { Challenge: string }).Challenge, 'base64')

/** Fakes the time of each test, and shows after it that no timer is left; call it at the top of a test file. */
export function stageTime(): void {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
}
