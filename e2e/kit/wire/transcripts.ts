// The recorded conversations of AWS's own plugin and agent, read for replaying.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { naiveDecode, type NaiveMessage } from './naive'
import { halves, naiveOpen } from './naivecipher'

/** Every transcript that is replayed. */
export const transcriptNames = [
  'shell',
  'encrypted-shell',
  'interactive-command',
  'non-interactive-command-exit-code',
  'separate-output-command',
  'port-forward-mux',
  'port-forward-remote-host',
  'port-forward-remote-host-denied',
  'port-forward-closed-port',
  'ssh-document',
  'ws-drop-resume',
  'terminate-session-api',
] as const

/** One step of a conversation. */
export type Step =
  | { readonly kind: 'open'; readonly text: Record<string, string> }
  | {
      readonly kind: 'message'
      readonly from: 'client' | 'agent' | 'service-to-client' | 'service-to-agent'
      readonly frame: Buffer
      readonly message: NaiveMessage
    }
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'document'; readonly name: string }
  | { readonly kind: 'start'; readonly content: string }

const senders = {
  'c>a': 'client',
  'a>c': 'agent',
  'r>c': 'service-to-client',
  'r>a': 'service-to-agent',
} as const

/** Reads one transcript. */
export function readTranscript(name: string): Step[] {
  const file = path.join(import.meta.dirname, '..', '..', 'vectors', 'transcripts', `${name}.jsonl`)
  const steps: Step[] = []
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const entry = JSON.parse(line) as {
      dir: string
      hex?: string
      text?: Record<string, string>
      event?: string
      document?: string
      decoded?: { type: string; json?: { Content?: string } }
    }
    if (entry.dir === 'c>r' && entry.text !== undefined) steps.push({ kind: 'open', text: entry.text })
    else if (entry.dir === 'event' && entry.document !== undefined)
      steps.push({ kind: 'document', name: entry.document })
    else if (entry.dir === 'event' && entry.event !== undefined) steps.push({ kind: 'event', event: entry.event })
    else if (entry.dir === 'ctl:r>a' && entry.decoded?.type === 'interactive_shell') {
      steps.push({ kind: 'start', content: entry.decoded.json?.Content ?? '{}' })
    } else if (entry.dir in senders && entry.hex !== undefined) {
      const frame = Buffer.from(entry.hex, 'hex')
      steps.push({
        kind: 'message',
        from: senders[entry.dir as keyof typeof senders],
        frame,
        message: naiveDecode(frame),
      })
    }
  }
  return steps
}

/** The encryption of a recorded session, as its two ends agreed on it. */
export interface RecordedEncryption {
  readonly sessionId: string
  readonly kmsKeyId: string
  /** The agent's, in its request. */
  readonly randomChallenge: string
  readonly ciphertextBlob: Buffer
  /** 64 bytes. */
  readonly dataKey: Buffer
  /** The context that the plugin asked for the key with. */
  readonly context: Readonly<Record<string, string>>
  /** What the agent's first sealed payload, its EncChallengeRequest, holds. */
  readonly challengeNonce: Buffer
  readonly challenge: Buffer
}

/** Reads the encryption of a transcript; undefined where its session is not encrypted. */
export function recordedEncryption(steps: readonly Step[]): RecordedEncryption | undefined {
  const payload = (from: string, payloadType: number): string =>
    steps
      .flatMap((step) => (step.kind === 'message' && step.from === from ? [step.message] : []))
      .find((message) => message.type.endsWith('stream_data') && message.payloadType === payloadType)
      ?.payload.toString() ?? '{}'
  const request = JSON.parse(payload('agent', 5)) as {
    RequestedClientActions?: { ActionParameters: { KMSKeyId?: string; Challenge?: string } }[]
  }
  const kms = request.RequestedClientActions?.[1]?.ActionParameters
  if (kms?.KMSKeyId === undefined) return undefined
  const response = JSON.parse(payload('client', 6)) as {
    ProcessedClientActions: { ActionResult: { KMSCipherTextKey: string } }[]
  }
  const ciphertextBlob = Buffer.from(response.ProcessedClientActions[1]!.ActionResult.KMSCipherTextKey, 'base64')
  const blob = JSON.parse(ciphertextBlob.toString()) as { key: string; context: string }
  const dataKey = Buffer.from(blob.key, 'base64')
  const sealed = Buffer.from((JSON.parse(payload('agent', 8)) as { Challenge: string }).Challenge, 'base64')
  const start = steps.find((step) => step.kind === 'start')
  return {
    sessionId: (JSON.parse(start?.kind === 'start' ? start.content : '{}') as { SessionId: string }).SessionId,
    kmsKeyId: kms.KMSKeyId,
    randomChallenge: kms.Challenge ?? '',
    ciphertextBlob,
    dataKey,
    context: Object.fromEntries(JSON.parse(blob.context) as [string, string][]),
    challengeNonce: sealed.subarray(0, 12),
    challenge: naiveOpen(halves(dataKey).toClient, sealed),
  }
}

/** The message as it reads without encryption; a challenge response holds its challenge in hex. */
export function decrypted(message: NaiveMessage, encryption: RecordedEncryption | undefined): NaiveMessage {
  if (encryption === undefined) return message
  const { toAgent, toClient } = halves(encryption.dataKey)
  const { type, payloadType, payload } = message
  if (type === 'input_stream_data' && payloadType === 1) return { ...message, payload: naiveOpen(toAgent, payload) }
  if (type === 'input_stream_data' && payloadType === 9) {
    const sealed = Buffer.from((JSON.parse(payload.toString()) as { Challenge: string }).Challenge, 'base64')
    return { ...message, payload: Buffer.from(naiveOpen(toAgent, sealed).toString('hex')) }
  }
  if (type === 'output_stream_data' && [1, 11, 12].includes(payloadType)) {
    return { ...message, payload: naiveOpen(toClient, payload) }
  }
  return message
}

/** smux frames of a whole byte stream, by a parser of its own. Incomplete bytes at the end are returned as `rest`. */
export function parseSmux(stream: Buffer): { frames: { cmd: number; id: number; data: Buffer }[]; rest: Buffer } {
  const frames = []
  let at = 0
  while (at + 8 <= stream.length) {
    const length = stream[at + 2]! + stream[at + 3]! * 256
    if (at + 8 + length > stream.length) break
    frames.push({
      cmd: stream[at + 1]!,
      id: stream.readUInt32LE(at + 4),
      data: stream.subarray(at + 8, at + 8 + length),
    })
    at += 8 + length
  }
  return { frames, rest: stream.subarray(at) }
}
