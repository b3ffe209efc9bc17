// The orders that the simulator carries out: one schema for the method, the admin call and scripts.
//
// `forMs` is how long a fault lasts; without it, it lasts until `clear`. A session is named by its id; 'any' is one running session,
// chosen at random, 'all' is each of them.

import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { containerOrders } from '../ecs/orders'
import { policyStatement } from '../iam/policy'
import { MALFORMATIONS } from './malformed'

const MAX_MS = 24 * 3_600_000

const session = z.string().min(1).default('any')
const spanMs = z.number().positive().max(MAX_MS)
const forMs = spanMs.optional()
const probability = z.number().min(0).max(1)
const many = z.number().int().min(1).max(10_000)

const cut = z.strictObject({
  kind: z.literal('cut'),
  leg: z.enum(['client', 'agent']).default('client'),
  how: z.enum(['close-1000', 'rst', 'fin', 'black-hole']).default('rst'),
  session,
  /** Until an agent is back (200 ms unless said otherwise), or a black hole turns into a reset (never, at a client's leg). */
  forMs,
})

const refuseUpgrades = z.strictObject({
  kind: z.literal('refuse-upgrades'),
  /** The HTTP status; 503 unless said otherwise. */
  status: z.number().int().min(400).max(599).default(503),
  /** Whose answer it is: the service's, with a request id, or that of a proxy on the way. */
  by: z.enum(['service', 'proxy']).default('service'),
  forMs,
})

/** As if the network were gone: every connection is reset, and so is each new one, until `forMs` or `clear`. */
const dark = z.strictObject({ kind: z.literal('dark'), forMs })

const traffic = z.strictObject({
  kind: z.literal('traffic'),
  session,
  direction: z.enum(['up', 'down']).optional(),
  messageClass: z.enum(['data', 'acknowledge', 'control']).optional(),
  delayMs: z.number().min(0).max(60_000).optional(),
  jitterMs: z.number().min(0).max(60_000).optional(),
  bytesPerSecond: z.number().min(1).optional(),
  loss: probability.optional(),
  duplicate: probability.optional(),
  reorder: probability.optional(),
  forMs,
})

const malformed = z.strictObject({
  kind: z.literal('malformed'),
  session,
  /** Absent: chosen at random. */
  how: z.enum(MALFORMATIONS).optional(),
  /** How many of the next frames to the client follow a malformed twin. */
  count: many.default(1),
})

const apiError = z.strictObject({
  kind: z.literal('api-error'),
  /** `ResumeSession`, `StartSession`, `DescribeInstances`, … or `*` for all of them. */
  operation: z.string().min(1),
  /** In AWS's spelling. */
  code: z.string().min(1),
  status: z.number().int().min(400).max(599).default(400),
  message: z.string().optional(),
  /** The share of the calls that fail; every one unless said otherwise. */
  rate: probability.default(1),
  /** At most so many calls. */
  count: many.optional(),
  forMs,
})

const expireCredentials = z.strictObject({
  kind: z.literal('expire-credentials'),
  status: z.union([z.literal(400), z.literal(403)]).default(400),
  /** After this time the same credentials work again, which no real service does. Absent: they stay expired. */
  forMs,
})

/** From now on a role or user may do what `statements` allow, until another order. Absent: everything. */
const policy = z.strictObject({
  kind: z.literal('policy'),
  /** The name of a role or user; the simulator's own credentials are of the role CulvertDemo. */
  identity: z.string().min(1),
  statements: z.array(policyStatement).max(100).readonly().optional(),
})

const spoilToken = z.strictObject({
  kind: z.literal('spoil-token'),
  how: z.enum(['expired', 'used']).default('expired'),
  count: many.default(1),
})

const killAgent = z.strictObject({
  kind: z.literal('kill-agent'),
  /** An instance id, or 'any' that has a running session. */
  instance: z.string().min(1).default('any'),
  /** The machine restarts and its sessions are gone, or only the agent does and they go on. */
  sessions: z.enum(['end', 'keep']).default('end'),
  forMs,
})

/** EC2 Auto Scaling replaces an instance of a group by a new one. */
const replace = z.strictObject({
  kind: z.literal('replace'),
  /** An instance of a group, or 'any' of them. */
  instance: z.string().min(1).default('any'),
  /** Its sessions end with it; or the service does not learn of its end, and they stay until they idle out. */
  sessions: z.enum(['end', 'lose']).default('end'),
})

const faultOrder = z.discriminatedUnion('kind', [
  cut,
  refuseUpgrades,
  dark,
  traffic,
  malformed,
  apiError,
  expireCredentials,
  policy,
  spoilToken,
  killAgent,
  replace,
  ...containerOrders,
  z.strictObject({ kind: z.literal('rotate-credentials') }),
  z.strictObject({ kind: z.literal('restart-agent'), instance: z.string().min(1) }),
  z.strictObject({ kind: z.literal('pause'), session }),
  /** Ends everything that lasts. */
  z.strictObject({ kind: z.literal('clear') }),
])

/** An order as it is given. The schemas above say what an absent field means. */
export type FaultOrder = z.input<typeof faultOrder>

/** An order with every default filled in. */
export type FullOrder = z.output<typeof faultOrder>

/** A timed list of orders. The simulator plays it by itself; times are ms from its beginning. */
export interface FaultScript {
  /** The seed of every random choice. */
  readonly seed?: number | undefined
  readonly steps: readonly { readonly atMs: number; readonly order: FaultOrder }[]
}

const faultScript = z.strictObject({
  seed: z.number().int().optional(),
  steps: z.array(z.strictObject({ atMs: z.number().min(0).max(MAX_MS), order: faultOrder })).max(100_000),
})

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new AppError('usage', `The Demo cannot do this fault: ${z.prettifyError(parsed.error)}. Correct the order.`)
}

/** Checks an order and fills in what is absent. Throws `usage`. */
export function parseOrder(given: unknown): FullOrder {
  return parse(faultOrder, given)
}

/** Checks a script. Throws `usage`. */
export function parseScript(given: unknown): FaultScript {
  return parse(faultScript, given)
}
