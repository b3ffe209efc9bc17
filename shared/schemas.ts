// Schemas of data from persons and files: the building blocks for the parameters of requests and for the files of the data
// directory.
//
// Imported by value in Node only: zod stays out of the page, which reads the map of requests (api/requests.ts) without it.

import * as z from 'zod'
import { HEADER_NAME, HEADER_VALUE } from './drainrules'
import { documentNameProblem, messageEndpointProblem } from './environmentsettings'
import { ecsTargetProblem } from './ecstarget'
import { remoteHostProblem } from './hosts'
import { MAX_SET_TEXT, SET_CHOICES, setProblem } from './targetset'
import { HUES, SETTING_RANGES, type NumberSetting } from './settings'

const port = z.number().int().min(1).max(65_535)
const cells = z.number().int().min(1).max(2_000)
const id = z.string().min(1).max(200)

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

/** A text that a rule of ours has nothing against. */
function ruled(rule: (text: string) => string | undefined, max: number) {
  return z
    .string()
    .max(max)
    .superRefine((text, context) => {
      const problem = rule(text)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
    })
}

/** See `TargetSet`. */
const targetSet = z.strictObject({ hosts: ruled(setProblem, MAX_SET_TEXT), choice: z.enum(SET_CHOICES) })

/** See `ForwardTarget`. */
const forwardTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('id'), instanceId: id }),
  z.strictObject({ kind: z.literal('name'), name: z.string().min(1).max(256) }),
  z.strictObject({ kind: z.literal('set'), set: targetSet, hostId: id.exactOptional() }),
  z.strictObject({ kind: z.literal('ecs'), target: ruled(ecsTargetProblem, 800) }),
  z.strictObject({ kind: z.literal('saved'), targetId: id }),
])

const documentName = ruled(documentNameProblem, 128)

/** See `DocumentChoice`. */
const documentChoice = z.strictObject({
  name: documentName,
  parameters: z
    .record(z.string().min(1).max(255), z.array(z.string().max(4_096)).min(1).max(50).readonly())
    .refine((parameters) => Object.keys(parameters).length <= 50, 'a document has 50 parameters at most')
    .readonly()
    .exactOptional(),
})

/** The fields of a forward that a person decides; the core owns the others. */
export const forwardFields = {
  name: z.string().trim().min(1).max(100),
  target: forwardTarget,
  remotePort: port,
  remoteHost: ruled(remoteHostProblem, 255).min(1).exactOptional(),
  document: documentChoice.exactOptional(),
  /** Absent: the core chooses one at the first start and keeps it. */
  localPort: port.exactOptional(),
  startAtLaunch: z.boolean(),
  /** At most a week. */
  expiresAfterMinutes: z.number().int().min(1).max(10_080).exactOptional(),
  maxConnections: z.number().int().min(1).max(10_000).exactOptional(),
}

/** The fields of a saved target that a person decides; the core owns the others. */
export const targetFields = {
  name: z.string().trim().min(1).max(100),
  set: targetSet,
  defaultPort: port.exactOptional(),
  remoteHost: ruled(remoteHostProblem, 255).min(1).exactOptional(),
  document: documentChoice.exactOptional(),
  connectionLimit: z.number().int().min(1).max(10_000).exactOptional(),
  /** At most a week. */
  maxDurationMinutes: z.number().int().min(1).max(10_080).exactOptional(),
}

const ecsName = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'names of ECS have letters, digits, - and _')

/** The fields of an ephemeral session that a person decides; see `EphemeralFields`. */
const ephemeralFields = {
  cluster: ecsName,
  service: ecsName,
  container: ecsName.exactOptional(),
  command: z.string().trim().min(1).max(4_000).exactOptional(),
  memoryMiB: z.number().int().min(6).max(245_760).exactOptional(),
  cpuUnits: z.number().int().min(2).max(196_608).exactOptional(),
  ttlMinutes: z.number().int().min(1).max(43_200).exactOptional(),
  variables: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/), z.string().max(4_000))
    .refine((all) => Object.keys(all).length <= 100, 'a session has 100 variables at most')
    .exactOptional(),
  reason: z.string().max(256).exactOptional(),
}

const header = z.record(z.string().regex(HEADER_NAME), z.string().max(2_000).regex(HEADER_VALUE))

/** The fields of a drain that a person decides; see `DrainFields`. Addresses are checked by the core, which says what is wrong. */
const drainFields = {
  name: z.string().trim().min(1).max(100),
  environment: environmentRef,
  destination: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('https'), url: z.string().max(2_000), headers: header.exactOptional() }),
    z.strictObject({
      kind: z.literal('elasticsearch'),
      url: z.string().max(2_000),
      index: z.string().min(1).max(255),
      isDataStream: z.boolean(),
      user: z.string().max(200).exactOptional(),
      auth: z.enum(['none', 'basic', 'api-key']),
    }),
    z.strictObject({
      kind: z.literal('syslog'),
      host: z.string().min(1).max(255),
      port,
      isTls: z.boolean(),
      ca: z.string().max(100_000).exactOptional(),
    }),
    z.strictObject({
      kind: z.literal('file'),
      path: z.string().min(1).max(4_000),
      maxMegabytes: z.number().int().min(1).max(1_048_576),
      keep: z.number().int().min(0).max(1_000),
    }),
  ]),
  isRaw: z.boolean(),
  isRequired: z.boolean(),
  isEnabled: z.boolean(),
}

const drainSecrets = z.strictObject({
  hmacKey: z.string().max(4_000).exactOptional(),
  authorization: z.string().max(8_000).exactOptional(),
  password: z.string().max(4_000).exactOptional(),
  apiKey: z.string().max(8_000).exactOptional(),
})

function settingNumber(name: NumberSetting) {
  const [from, to] = SETTING_RANGES[name]
  return z.number().int().min(from).max(to)
}

/** The schemas of the number settings. */
export const settingNumbers = {
  holdSeconds: settingNumber('holdSeconds'),
  resumeMinutes: settingNumber('resumeMinutes'),
  resumeAheadMinutes: settingNumber('resumeAheadMinutes'),
  pingSeconds: settingNumber('pingSeconds'),
  deadSeconds: settingNumber('deadSeconds'),
  failoverSeconds: settingNumber('failoverSeconds'),
  leaseMinutes: settingNumber('leaseMinutes'),
  recordingDays: settingNumber('recordingDays'),
  recordingMegabytes: settingNumber('recordingMegabytes'),
  spoolMegabytes: settingNumber('spoolMegabytes'),
  terminalFontSize: settingNumber('terminalFontSize'),
  scrollbackLines: settingNumber('scrollbackLines'),
}

/** The schemas of the settings about recordings and about who uses this computer. */
export const personalSettings = {
  recordingFolder: z.string().max(1_000),
  userName: z.string().trim().max(200),
  userEmail: z.string().trim().max(320),
}

/** The limit for the settings file: no person has so many environments. */
const MAX_ENVIRONMENTS = 1_000

/** The schemas of the terminal settings other than numbers. */
export const terminalSettings = {
  /** Font names as in a CSS list, without characters that have another meaning in CSS. */
  terminalFont: z
    .string()
    .trim()
    .max(200)
    .regex(/^[^\p{Cc}"'\\;{}()<>]*$/u, 'a name of a font is needed'),
  askBeforeClosing: z.boolean(),
  environmentHues: z
    .record(z.string().min(1).max(300), z.enum(HUES))
    .refine((hues) => Object.keys(hues).length <= MAX_ENVIRONMENTS, 'too many environments have a colour'),
}

/** The settings of single environments; see `EnvironmentSettings`. */
export const environmentSettings = z
  .record(
    z.string().min(1).max(300),
    z.strictObject({
      documents: z
        .strictObject({
          shell: documentName.exactOptional(),
          port: documentName.exactOptional(),
          remoteHost: documentName.exactOptional(),
          ssh: documentName.exactOptional(),
        })
        .exactOptional(),
      messageEndpoint: ruled(messageEndpointProblem, 300).exactOptional(),
      isReasonRequired: z.boolean().exactOptional(),
      recording: z.enum(['off', 'ask', 'always']).exactOptional(),
      /** At most 30 days. */
      ephemeralMinutes: z.number().int().min(1).max(43_200).exactOptional(),
      ephemeralLimit: z.number().int().min(1).max(100).exactOptional(),
      /** The command of shells in containers, by CLUSTER/SERVICE. */
      containerCommands: z.record(z.string().min(1).max(511), z.string().min(1).max(1_000)).exactOptional(),
    }),
  )
  .refine((all) => Object.keys(all).length <= MAX_ENVIRONMENTS, 'too many environments have settings')

/** The settings that a person can change, together or one by one; see `Settings`. */
const settingsFields = {
  theme: z.enum(['system', 'light', 'dark']).exactOptional(),
  density: z.enum(['comfortable', 'compact']).exactOptional(),
  groupTag: z.string().max(128).exactOptional(),
  keepRunning: z.boolean().exactOptional(),
  restoreAtLaunch: z.boolean().exactOptional(),
  holdSeconds: settingNumbers.holdSeconds.exactOptional(),
  resumeMinutes: settingNumbers.resumeMinutes.exactOptional(),
  resumeAheadMinutes: settingNumbers.resumeAheadMinutes.exactOptional(),
  pingSeconds: settingNumbers.pingSeconds.exactOptional(),
  deadSeconds: settingNumbers.deadSeconds.exactOptional(),
  failoverSeconds: settingNumbers.failoverSeconds.exactOptional(),
  leaseMinutes: settingNumbers.leaseMinutes.exactOptional(),
  recordingFolder: personalSettings.recordingFolder.exactOptional(),
  recordingDays: settingNumbers.recordingDays.exactOptional(),
  recordingMegabytes: settingNumbers.recordingMegabytes.exactOptional(),
  spoolMegabytes: settingNumbers.spoolMegabytes.exactOptional(),
  userName: personalSettings.userName.exactOptional(),
  userEmail: personalSettings.userEmail.exactOptional(),
  terminalFont: terminalSettings.terminalFont.exactOptional(),
  terminalFontSize: settingNumbers.terminalFontSize.exactOptional(),
  scrollbackLines: settingNumbers.scrollbackLines.exactOptional(),
  askBeforeClosing: terminalSettings.askBeforeClosing.exactOptional(),
  environmentHues: terminalSettings.environmentHues.exactOptional(),
  environments: environmentSettings.exactOptional(),
}

/** The building blocks of the parameters of requests; see `request` in api/request.ts. */
export const parts = {
  /** An object with these fields and no others. */
  object: z.strictObject,
  /** One of these words. */
  oneOf: z.enum,
  /** An id, as the core or AWS makes them. */
  id,
  port,
  /** Columns or rows of a terminal. */
  cells,
  /** A number of bytes, or the id of a journal entry. */
  count: z.number().int().nonnegative(),
  /** A whole number from `min` to `max`, both included. */
  integer: (min: number, max: number) => z.number().int().min(min).max(max),
  flag: z.boolean(),
  /** A list of one to `max` values. */
  list: <T extends z.ZodType>(of: T, max: number) => z.array(of).min(1).max(max),
  /** A text of at most `max` UTF-16 units. */
  text: (max: number) => z.string().max(max),
  documentName,
  environmentRef,
  forwardFields,
  targetFields,
  ecsName,
  ephemeralFields,
  drainFields,
  drainSecrets,
  settingsFields,
} as const

/** The type of `parts`. */
export type Parts = typeof parts
