// What the tests of drains as a whole share: real files, a real HTTP receiver, and a clock that is moved by hand.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { AppError } from '../../../shared/errors'
import type { Drain, DrainFields } from '../../../shared/model/drain'
import type { CaptureSubject } from '../capture/capture'
import { startReceiver, type Receiver } from './destinations/http.kit'
import { ManualClock, originOf } from './drains.kit'
import { openDrainFile } from './drainfile'
import { Drains } from './drains'
import { SecretStore, type KeyStore } from './secrets'

export let directory: string
export let receiver: Receiver
export let clock: ManualClock
export let told: [string, string | undefined][]
let spoolMegabytes: number
const opened: Drains[] = []

/** Makes the directory and the receiver for each test; call it at the top of a test file. */
export function stageDrains(): void {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'culvert-drains-'))
    receiver = await startReceiver()
    clock = new ManualClock()
    told = []
    spoolMegabytes = 256
  })
  afterEach(async () => {
    for (const drains of opened.splice(0)) await drains[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })
}

/** Sets the limit of the spools. */
export function limitSpools(megabytes: number): void {
  spoolMegabytes = megabytes
}

/** The environment of the drains. */
const environment = { kind: 'aws', profile: 'acme-prod' } as const
/** A signal that is never aborted. */
export const signal = new AbortController().signal

/** Opens the drains of the directory. */
export async function open(keyStore?: KeyStore): Promise<Drains> {
  const drains = await Drains.open({
    dataDirectory: directory,
    file: await openDrainFile(directory),
    secrets: await SecretStore.open(directory, () => Promise.resolve(keyStore)),
    network: { agentFor: () => Promise.resolve(undefined), authorities: () => undefined },
    clock,
    spoolMegabytes: () => spoolMegabytes,
    changed: () => undefined,
    told: ({ name }: Drain, error: AppError | undefined) => told.push([name, error?.code]),
  })
  opened.push(drains)
  return drains
}

/** What a person decides of a drain. */
export const fields = (change: Partial<DrainFields> = {}): DrainFields => ({
  name: 'logs',
  environment,
  destination: { kind: 'https', url: receiver.url },
  isRaw: false,
  isRequired: false,
  isEnabled: true,
  ...change,
})

/** A session of the environment. */
export const subject = (change: Partial<CaptureSubject> = {}): CaptureSubject => {
  const { sessionId, ...rest } = originOf()
  return {
    kind: 'shell',
    ref: environment,
    size: { cols: 80, rows: 24 },
    ...rest,
    sessionId: () => sessionId,
    ...change,
  }
}

/** Begins the capture of a session, which says things. */
export async function begin(drains: Drains, change: Partial<CaptureSubject> = {}) {
  const capture = await drains.begin(subject(change), signal)
  if (capture === undefined) throw new Error('nothing takes the output')
  return { capture, say: (text: string) => capture.output(Buffer.from(text)) }
}

interface Line {
  readonly text: string
  readonly sequence: number
  readonly kind: string
  readonly count?: number
  readonly partial?: boolean
}

/** What has arrived. */
export const arrived = (bodies = receiver.got) =>
  bodies
    .filter(({ method }) => method === 'POST')
    .flatMap(({ body }) => body.split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as Line)

/** The first drain as a window sees it. */
export const view = (drains: Drains) => {
  const [first] = drains.views
  if (first === undefined) throw new Error('there is no drain')
  return first
}
