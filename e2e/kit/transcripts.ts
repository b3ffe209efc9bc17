// The recorded conversations of AWS's own plugin and agent, read for replaying.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { naiveDecode, type NaiveMessage } from './naive'

/** Every transcript that is replayed. `encrypted-shell` waits for KMS. */
export const transcriptNames = [
  'shell',
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
  const file = path.join(import.meta.dirname, '..', 'vectors', 'transcripts', `${name}.jsonl`)
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
