// Reads the content of a session document: its type, its parameters, and which of them stand for the destination of a forward.
//
// A document comes from the account, so every text and list in it is cut. Source: Systems Manager user guide, "Session document
// schema"; specification §1.5.

import * as z from 'zod'
import { cutText } from '../../shared/cut'
import { AppError } from '../../shared/errors'
import type { DocumentParameter, DocumentPlace, ParameterRole, SessionDocument } from '../../shared/model/document'

const MAX_PARAMETERS = 50
const MAX_VALUES = 100
const MAX_TEXT = 1_024

/** A document as GetDocument answers it. */
export interface FoundDocument {
  /** `Session`, `Command`, `Automation`, … */
  readonly type: string
  /** Its JSON text; "" where it is longer than a document can be. */
  readonly content: string
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform((value) => cutText(String(value), MAX_TEXT))
const texts = z.array(text).transform((values) => values.slice(0, MAX_VALUES))
const count = z.coerce.number().int().nonnegative()

const parameter = z.object({
  type: z.string().catch('String'),
  description: text.optional().catch(undefined),
  default: z
    .union([texts, text.transform((value) => [value])])
    .optional()
    .catch(undefined),
  allowedValues: texts.optional().catch(undefined),
  allowedPattern: z.string().max(MAX_TEXT).optional().catch(undefined),
  minChars: count.optional().catch(undefined),
  maxChars: count.optional().catch(undefined),
})

const body = z.object({
  sessionType: z.string().max(MAX_TEXT),
  parameters: z.record(z.string().max(255), parameter).optional(),
  properties: z.unknown().optional(),
})

const portProperties = z
  .object({ host: text.optional(), portNumber: text.optional(), localPortNumber: text.optional() })
  .catch({})

/** The parameter that a property consists of: `{{ remotePort }}`. */
const ONE_PARAMETER = /^\{\{\s*(\w+)\s*\}\}$/

/** Parameters of these names stand for the destination, also where the properties do not show it. Source: AWS's own documents. */
const USUAL_NAMES: Readonly<Record<string, ParameterRole>> = {
  portNumber: 'port',
  localPortNumber: 'localPort',
  host: 'host',
}

/** Reads a document. Throws `usage` where no session can be started from it, and `service` where it cannot be read. */
export function readSessionDocument(name: string, { type, content }: FoundDocument): SessionDocument {
  if (type !== 'Session') {
    const what = cutText(type, 40)
    throw new AppError('usage', `${name} is a document of type ${what}: name a document of type Session.`)
  }
  const parsed = body.safeParse(parseJson(content))
  if (!parsed.success) {
    throw new AppError('service', `The content of the session document ${name} could not be read: check its schema.`)
  }
  const { sessionType, parameters = {}, properties } = parsed.data
  const port = portProperties.parse(sessionType === 'Port' ? properties : {})
  const roles = rolesOf(port)
  return {
    name,
    sessionType,
    parameters: Object.entries(parameters)
      .slice(0, MAX_PARAMETERS)
      .map(([own, found]) => readParameter(own, found, roles.get(own) ?? usualRole(own, sessionType))),
    ...(port.host === undefined ? {} : { host: placeOf(port.host) }),
    ...(port.portNumber === undefined ? {} : { port: placeOf(port.portNumber) }),
  }
}

function usualRole(name: string, sessionType: string): ParameterRole | undefined {
  return sessionType === 'Port' && Object.hasOwn(USUAL_NAMES, name) ? USUAL_NAMES[name] : undefined
}

function rolesOf(port: z.output<typeof portProperties>): ReadonlyMap<string, ParameterRole> {
  const roles = new Map<string, ParameterRole>()
  for (const [value, role] of [
    [port.portNumber, 'port'],
    [port.localPortNumber, 'localPort'],
    [port.host, 'host'],
  ] as const) {
    const name = ONE_PARAMETER.exec(value ?? '')?.[1]
    if (name !== undefined) roles.set(name, role)
  }
  return roles
}

function placeOf(value: string): DocumentPlace {
  return value.includes('{{') ? { kind: 'made' } : { kind: 'fixed', text: value }
}

function readParameter(
  name: string,
  found: z.output<typeof parameter>,
  role: ParameterRole | undefined,
): DocumentParameter {
  const { type, description, default: usual, allowedValues, allowedPattern, minChars, maxChars } = found
  return {
    name,
    isList: type === 'StringList',
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    ...(allowedValues === undefined ? {} : { allowedValues }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    ...(minChars === undefined ? {} : { minChars }),
    ...(maxChars === undefined ? {} : { maxChars }),
    ...(role === undefined ? {} : { role }),
  }
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
