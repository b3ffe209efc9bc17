// The documents of the account: the content of each, and the session that an agent starts from it. Pure.
//
// Beside the stock documents an account has those that it was set up with: session documents, and documents of other types, which
// start no session. Source: specification §1.5; Systems Manager user guide, "Session document schema".

import type { SessionPlan } from '../agent/plugin'
import type { Logging } from './describesessions'
import { STOCK_DOCUMENTS, type Parameter, type SessionDocument } from './stockdocuments'

/** A document of the account's own. */
export type OwnDocument =
  | ({ readonly type?: 'Session' } & Omit<SessionDocument, 'schemaVersion' | 'description'>)
  /** Its content is of no use to a session. */
  | { readonly type: 'Command' | 'Automation' }

/** The preferences that an account may set, in the words of the document; "" means unset. */
interface Preferences extends Logging {
  readonly kmsKeyId?: string
  /** Minutes. */
  readonly idleSessionTimeout?: string
  /** Minutes. */
  readonly maxSessionDuration?: string
}

/** What GetDocument tells of a document: its type and its JSON text. */
interface Described {
  readonly type: string
  readonly content: string
}

/** The result of planning a session: the plan, or why there is none. */
export type Planned =
  | { readonly kind: 'planned'; readonly plan: SessionPlan }
  | { readonly kind: 'unknown-document' }
  | { readonly kind: 'invalid-parameters'; readonly why: string }

/** The documents of one account. */
export class Documents {
  readonly #own: Readonly<Record<string, OwnDocument>>

  /** `own`: the account's documents beside the stock ones, by name. */
  constructor(own: Readonly<Record<string, OwnDocument>> = {}) {
    this.#own = own
  }

  /** The document as GetDocument returns it, or undefined. */
  describe(name: string, preferences: Preferences = {}): Described | undefined {
    const own = Object.hasOwn(this.#own, name) ? this.#own[name] : undefined
    if (own?.type === 'Command' || own?.type === 'Automation') {
      return { type: own.type, content: JSON.stringify({ schemaVersion: '2.2', mainSteps: [] }) }
    }
    const document = this.#session(name)
    if (document === undefined) return undefined
    const inputs = document.inputs === undefined ? {} : { inputs: { ...document.inputs, ...preferences } }
    return { type: 'Session', content: JSON.stringify({ ...document, ...inputs }, null, 2) }
  }

  /** Puts the parameters into a document. The result says what the session does. */
  plan(name: string, parameters: Readonly<Record<string, readonly string[]>>): Planned {
    const document = this.#session(name)
    if (document === undefined) return { kind: 'unknown-document' }
    const values = fill(document, parameters)
    return typeof values === 'string'
      ? { kind: 'invalid-parameters', why: values }
      : { kind: 'planned', plan: planOf(document, values) }
  }

  #session(name: string): SessionDocument | undefined {
    const own = Object.hasOwn(this.#own, name) ? this.#own[name] : undefined
    if (own !== undefined && 'sessionType' in own) {
      const { type: _type, ...document } = own
      return { schemaVersion: '1.0', description: name, ...document }
    }
    return Object.hasOwn(STOCK_DOCUMENTS, name) ? STOCK_DOCUMENTS[name] : undefined
  }
}

type Values = Readonly<Record<string, string>>

// The values with defaults filled in, or why they are not allowed.
function fill(document: SessionDocument, parameters: Readonly<Record<string, readonly string[]>>): Values | string {
  const unknown = Object.keys(parameters).find((name) => !Object.hasOwn(document.parameters, name))
  if (unknown !== undefined) return `The parameter ${unknown} is not defined in the document.`
  const values: Record<string, string> = {}
  for (const [name, parameter] of Object.entries(document.parameters)) {
    const given = parameters[name] ?? [parameter.default ?? []].flat()
    if (given.length === 0) return `The parameter ${name} is required.`
    const fault = given.map((value) => faultOf(value, parameter)).find((why) => why !== undefined)
    if (fault !== undefined) return `The parameter ${name} ${fault}.`
    values[name] = given.join(' ')
  }
  return values
}

function faultOf(value: string, parameter: Parameter): string | undefined {
  const { allowedPattern, allowedValues, minChars = 0, maxChars = Infinity } = parameter
  if (allowedPattern !== undefined && !new RegExp(allowedPattern).test(value)) {
    return `has the value "${value}", which does not match ${allowedPattern}`
  }
  if (allowedValues?.includes(value) === false) return `has the value "${value}", which is none of its allowed values`
  return value.length < minChars || value.length > maxChars ? 'is too short or too long' : undefined
}

function put(text: string, values: Values): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values[name] ?? '')
}

// Commands stand under a platform. All platforms of a document of this account have the same.
function commandProperties({ properties }: SessionDocument): Readonly<Record<string, unknown>> {
  const { linux } = properties ?? {}
  return typeof linux === 'object' && linux !== null ? { ...linux } : {}
}

function planOf(document: SessionDocument, values: Values): SessionPlan {
  const { commands, separateOutputStream } = commandProperties(document)
  const command = put(typeof commands === 'string' ? commands : '', values)
  switch (document.sessionType) {
    case 'Standard_Stream':
      return { kind: 'shell' }
    case 'InteractiveCommands':
      return { kind: 'interactive-command', command }
    case 'NonInteractiveCommands':
      return { kind: 'command', command, hasSeparateOutput: separateOutputStream === true }
    case 'Port': {
      const properties: Record<string, string> = {}
      for (const [key, value] of Object.entries(document.properties ?? {})) properties[key] = put(String(value), values)
      return { kind: 'port', properties }
    }
  }
}
