// The contract between a window and the core: one map of requests, one of events, and the Link that carries both.
//
// Every request is checked by its schema where it enters the core's process. A renderer imports types only from here.

import * as z from 'zod'
import type { WireError } from './errors'
import { remoteHostProblem } from './hosts'
import type { CheckedLeg } from './model/forward'
import type { JournalEntry } from './model/journal'
import type { Snapshot, WindowSnapshot } from './model/snapshot'
import { HUES, SETTING_RANGES, type NumberSetting } from './settings'

const port = z.number().int().min(1).max(65_535)
const cells = z.number().int().min(1).max(2_000)
const id = z.string().min(1).max(200)
const nothing = z.strictObject({})

/** See `EnvironmentRef`. */
export const environmentRef = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('demo') }),
  z.strictObject({
    kind: z.literal('aws'),
    profile: z.string().min(1).max(200).exactOptional(),
    region: z
      .string()
      .regex(/^[a-z0-9]+(-[a-z0-9]+)+$/)
      .max(40)
      .exactOptional(),
  }),
])

/** See `ForwardTarget`. */
const forwardTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('id'), instanceId: id }),
  z.strictObject({ kind: z.literal('name'), name: z.string().min(1).max(256) }),
])

/** What a person decides about a forward; the rest of a `Forward` is the core's. */
export const forwardFields = {
  name: z.string().trim().min(1).max(100),
  target: forwardTarget,
  remotePort: port,
  remoteHost: z
    .string()
    .min(1)
    .max(255)
    .superRefine((host, context) => {
      const problem = remoteHostProblem(host)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
    })
    .exactOptional(),
  /** Absent: one is chosen at the first start and kept. */
  localPort: port.exactOptional(),
  startAtLaunch: z.boolean(),
  /** At most a week. */
  expiresAfterMinutes: z.number().int().min(1).max(10_080).exactOptional(),
  maxConnections: z.number().int().min(1).max(10_000).exactOptional(),
}

function settingNumber(name: NumberSetting) {
  const [from, to] = SETTING_RANGES[name]
  return z.number().int().min(from).max(to)
}

/** The schemas of the settings that are numbers. */
export const settingNumbers = {
  holdSeconds: settingNumber('holdSeconds'),
  resumeMinutes: settingNumber('resumeMinutes'),
  pingSeconds: settingNumber('pingSeconds'),
  deadSeconds: settingNumber('deadSeconds'),
  terminalFontSize: settingNumber('terminalFontSize'),
  scrollbackLines: settingNumber('scrollbackLines'),
}

/** More environments than anybody has; a bound for what is kept. */
const MAX_ENVIRONMENT_HUES = 1_000

/** The schemas of the settings that terminals have beside their numbers. */
export const terminalSettings = {
  /** Names of fonts as CSS lists them, without what CSS would read as something else. */
  terminalFont: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\p{Cc}"'\\;{}()<>]*$/u, 'a name of a font is needed'),
  askBeforeClosing: z.boolean(),
  environmentHues: z
    .record(z.string().min(1).max(300), z.enum(HUES))
    .refine((hues) => Object.keys(hues).length <= MAX_ENVIRONMENT_HUES, 'too many environments have a colour'),
}

/** What a person may set, some of it at a time; see `Settings`. */
const settingsFields = {
  theme: z.enum(['system', 'light', 'dark']).exactOptional(),
  density: z.enum(['comfortable', 'compact']).exactOptional(),
  groupTag: z.string().max(128).exactOptional(),
  keepRunning: z.boolean().exactOptional(),
  restoreAtLaunch: z.boolean().exactOptional(),
  holdSeconds: settingNumbers.holdSeconds.exactOptional(),
  resumeMinutes: settingNumbers.resumeMinutes.exactOptional(),
  pingSeconds: settingNumbers.pingSeconds.exactOptional(),
  deadSeconds: settingNumbers.deadSeconds.exactOptional(),
  terminalFont: terminalSettings.terminalFont.exactOptional(),
  terminalFontSize: settingNumbers.terminalFontSize.exactOptional(),
  scrollbackLines: settingNumbers.scrollbackLines.exactOptional(),
  askBeforeClosing: terminalSettings.askBeforeClosing.exactOptional(),
  environmentHues: terminalSettings.environmentHues.exactOptional(),
}

/** The schema of every request's parameters, by name. */
export const requestSchemas = {
  /** Shows another environment. What runs in others goes on. */
  'environment.select': z.strictObject({ environment: environmentRef }),
  /** Reads the profiles of the AWS files again. */
  'environment.refresh': nothing,
  /** Lets something happen to the Demo, to see what Culvert does. Rejects with `usage` where another environment is shown. */
  'demo.outage': z.strictObject({ kind: z.enum(['cut', 'network', 'keys']) }),
  /** Ends what lasts of an outage of the Demo: the network is back, or new keys are there. Rejects as `demo.outage`. */
  'demo.recover': nothing,
  /** Lists the instances again; the snapshot tells the outcome. */
  'instances.refresh': nothing,

  /** Saves a new forward in the shown environment; it is off. Rejects with `name-taken`. */
  'forward.create': z.strictObject(forwardFields),
  /** Changes a saved forward. One that is on is started again where it must. */
  'forward.update': z.strictObject({ forwardId: id, ...forwardFields }),
  /** Stops and forgets a forward. */
  'forward.delete': z.strictObject({ forwardId: id }),
  /** Wants it on; answered at once, its state tells the rest. A failed one tries again. */
  'forward.start': z.strictObject({ forwardId: id }),
  /** Wants it off; answered once its port is free. Its session is ended behind that. */
  'forward.stop': z.strictObject({ forwardId: id }),
  /** Cuts a wait short. */
  'forward.retry': z.strictObject({ forwardId: id }),
  /** A person has read that web pages can reach the forward's local port. Kept for as long as the forward. */
  'forward.acknowledge': z.strictObject({ forwardId: id }),
  /** Looks at each leg of the way, once. Opens one connection to the destination where that disturbs nobody. */
  'forward.check': z.strictObject({ forwardId: id }),
  /** A local port that is free now, at or above `from`. */
  'port.suggest': z.strictObject({ from: port }),

  /**
   * Opens a shell; answered at once, its state tells the rest. The size is sent to the instance as its first message.
   * `environment` absent: the shown one. `instanceName` is what to call an instance that the shown environment does not list.
   */
  'terminal.open': z.strictObject({
    instanceId: id,
    environment: environmentRef.exactOptional(),
    instanceName: z.string().max(256).exactOptional(),
    cols: cells,
    rows: cells,
  }),
  /** Opens a new session in a terminal that has ended; its earlier output stays. */
  'terminal.restart': z.strictObject({ terminalId: id, cols: cells, rows: cells }),
  /** Cuts short the wait of a terminal that is reconnecting. */
  'terminal.retry': z.strictObject({ terminalId: id }),
  /** What the user typed or pasted, as text. */
  'terminal.write': z.strictObject({ terminalId: id, text: z.string().max(1_048_576) }),
  /** Tells the instance the size of this window's screen. Ignored while another window holds the terminal. */
  'terminal.resize': z.strictObject({ terminalId: id, cols: cells, rows: cells }),
  /** Makes this window the one that holds the terminal: its screen has this size, and answers. Taken from any other. */
  'terminal.hold': z.strictObject({ terminalId: id, cols: cells, rows: cells }),
  /**
   * What this window's screen answers to queries in the output up to byte `offset`. Sent to the instance if this window holds
   * the terminal and no answer was sent for that output before, else dropped.
   */
  'terminal.answer': z.strictObject({
    terminalId: id,
    offset: z.number().int().nonnegative(),
    text: z.string().max(16_384),
  }),
  /** The output from byte `fromOffset` on, as far as it is kept: the newest 4 MiB. For windows that come later. */
  'terminal.replay': z.strictObject({ terminalId: id, fromOffset: z.number().int().nonnegative() }),
  /** Ends the session and forgets the terminal. */
  'terminal.close': z.strictObject({ terminalId: id }),

  /** Journal entries, newest first: those before `beforeId`, or the newest. */
  'journal.list': z.strictObject({
    beforeId: z.number().int().nonnegative().exactOptional(),
    limit: z.number().int().min(1).max(500),
  }),
  'settings.set': z.strictObject(settingsFields),
  'notice.dismiss': z.strictObject({ noticeId: id }),
  /** Answers a question with the six digits that were asked for; the text is kept nowhere. Nothing happens where it is closed. */
  'question.answer': z.strictObject({ questionId: id, text: z.string().regex(/^[0-9]{6}$/, 'six digits are needed') }),
  /** Closes a question without an answer. It comes again when a person wants something tried. */
  'question.dismiss': z.strictObject({ questionId: id }),
} as const

/** The name of a request. */
export type RequestName = keyof typeof requestSchemas

/** The parameters of a request. */
export type RequestParameters<N extends RequestName> = z.infer<(typeof requestSchemas)[N]>

/** What each request answers. */
export interface Responses {
  'environment.select': null
  'environment.refresh': null
  'demo.outage': null
  'demo.recover': null
  'instances.refresh': null
  'forward.create': { readonly forwardId: string }
  'forward.update': null
  'forward.delete': null
  'forward.start': null
  'forward.stop': null
  'forward.retry': null
  'forward.acknowledge': null
  'forward.check': { readonly legs: readonly CheckedLeg[] }
  'port.suggest': { readonly localPort: number }
  'terminal.open': { readonly terminalId: string }
  'terminal.restart': null
  'terminal.retry': null
  'terminal.write': null
  'terminal.resize': null
  /** Queries in the output up to byte `answeredOffset` have their answer. */
  'terminal.hold': { readonly answeredOffset: number }
  'terminal.answer': null
  /** Bytes from `startOffset` to the newest; `startOffset` is larger than what was asked for where bytes are gone. */
  'terminal.replay': { readonly startOffset: number; readonly base64: string; readonly answeredOffset: number }
  'terminal.close': null
  'journal.list': { readonly entries: readonly JournalEntry[]; readonly hasMore: boolean }
  'settings.set': null
  'notice.dismiss': null
  'question.answer': null
  'question.dismiss': null
}

/** What the core tells without being asked. */
export interface Events {
  /** The whole state: the first event of every subscription. */
  snapshot: WindowSnapshot
  /** Those parts of the state that have changed since, each whole. */
  'snapshot.patch': Partial<Snapshot>
  /** Output bytes of a terminal, base64, in order; `offset` counts the bytes before them since the terminal began. */
  'terminal.output': { readonly terminalId: string; readonly offset: number; readonly base64: string }
  /** A new line of the journal. */
  'journal.entry': JournalEntry
}

/** The name of an event. */
export type EventName = keyof Events

/** The way from a window to the core, whatever carries it. */
export interface Link {
  /** Asks the core. Rejects with an `AppError`. */
  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]>
  /** Subscribes to an event; returns the unsubscribe. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void
}

/** One request as it crosses a Link; `id` is chosen by the asker and unique on its link. */
export const requestMessage = z.strictObject({ id: z.number().int(), name: z.string(), parameters: z.unknown() })

/** One answer as it crosses a Link. */
export type ResponseMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError }

/** One event as it crosses a Link. */
export interface EventMessage {
  readonly event: EventName
  readonly value: unknown
}

/** What the preload of an Electron window exposes as `window.culvert`: the raw ends of a Link. */
export interface Bridge {
  /** Asks the core. Never rejects for what the core says: that is in the answer. */
  request(
    name: string,
    parameters: unknown,
  ): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }>
  /** Subscribes to all events, the snapshot first; returns the unsubscribe. */
  subscribe(listener: (message: EventMessage) => void): () => void
}
