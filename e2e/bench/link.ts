// The size and the cost of messages on a Link, old and new form in one run: terminal output as base64 in JSON and as a frame,
// the first message with 5,000 instances whole and in pieces, a change of one of 50 forwards whole and by its id.

import { Feed } from '../../electron/page/feed'
import { Publisher } from '../../electron/core/publisher'
import { noContainers } from '../../shared/model/container'
import { decodeFrame, encodeReplay } from '../../shared/api/frames'
import type { ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import { defaultSettings } from '../../shared/settings'

const ROUNDS = 15

/** The median duration of several rounds, ms. */
function time(act: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now()
    act()
    return performance.now() - startedAt
  })
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** Measures both ends of one replay: encoding and decoding. */
function output(name: string, size: number): void {
  const bytes = Buffer.alloc(size, 'some output of a shell\r\n')
  const replay = { startOffset: 0, answeredOffset: 0, bytes }
  const text = JSON.stringify({ id: 1, ok: true, value: { ...replay, bytes: bytes.toString('base64') } })
  const { buffer } = Uint8Array.from(encodeReplay(1, replay))
  const asText = time(() => {
    const message: unknown = JSON.parse(text)
    if (message !== null) fromBase64(text.slice(text.indexOf('"bytes":"') + 9, -3))
  })
  const asBytes = time(() => void decodeFrame(buffer))
  const sent = time(() => void encodeReplay(1, replay))
  say(
    `${name} of output, read: base64 ${asText.toFixed(2)} ms (${text.length} bytes), frame ${asBytes.toFixed(3)} ms (${buffer.byteLength} bytes; made in ${sent.toFixed(2)} ms)`,
  )
}

function instances(count: number): Instance[] {
  const tags = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`company:cost-centre:${at}`, `a value as it is: ${at}`]),
  )
  return Array.from({ length: count }, (_, at) => ({
    id: `i-${String(at).padStart(17, '0')}`,
    kind: 'ec2',
    name: `machine-${at}`,
    tags,
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
  }))
}

function forwards(count: number): ForwardView[] {
  return Array.from({ length: count }, (_, at) => ({
    forward: {
      id: `f-${at}`,
      name: `forward ${at}`,
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'db' },
      remotePort: 5_432,
      startAtLaunch: true,
    },
    isOn: true,
    state: { kind: 'up', sinceAt: 0, sessionId: `s-${at}` },
    localPort: 5_432 + at,
    openConnections: 1,
    health: {
      bytesUp: 1_000_000 * at,
      bytesDown: 1_000_000 * at,
      bytesUpPerSecond: 1_000,
      bytesDownPerSecond: 1_000,
      retransmissions: 0,
      sessionsUsed: 1,
      history: Array.from({ length: 40 }, (_each, point) => point * 12_345),
    },
  }))
}

const initial: Snapshot = {
  about: { version: '0', dataDirectory: '/data' },
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: instances(5_000), notices: [] },
  forwards: forwards(50),
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [],
  settings: defaultSettings,
  notices: [],
  questions: [],
}

output('64 KiB', 65_536)
output('4 MiB', 4 * 1_024 * 1_024)

using publisher = new Publisher(initial)
const sizes: number[] = []
const feed: Feed = new Feed(publisher, (message, sequence) => {
  sizes.push(typeof message === 'string' ? message.length : message.bytes.length)
  setImmediate(() => feed.taken(sequence))
})
const startedAt = performance.now()
feed.follow()
const firstMs = performance.now() - startedAt
while (sizes.length < 10) await new Promise((resolve) => setImmediate(resolve))
const whole = JSON.stringify({ event: 'snapshot', value: initial })
const wholeMs = time(() => void JSON.stringify({ event: 'snapshot', value: initial }))
say(
  `5,000 instances: whole ${whole.length} characters in one message (${wholeMs.toFixed(1)} ms), now ${sizes[0]} in the first (${firstMs.toFixed(1)} ms) of ${sizes.length}, the largest ${Math.max(...sizes)}`,
)

sizes.length = 0
const changedForwards = initial.forwards.map((view, at) => (at === 7 ? { ...view, openConnections: 2 } : view))
publisher.set({ forwards: changedForwards })
publisher.flush()
const wholeList = JSON.stringify({ event: 'snapshot.patch', value: { forwards: changedForwards } })
say(`one of 50 forwards changes: whole ${wholeList.length} characters, by id ${sizes[0]}`)
feed[Symbol.dispose]()
