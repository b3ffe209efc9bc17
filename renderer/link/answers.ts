// Reads what comes over a Link: outside data is unknown until its shape has been looked at.
//
// The core made these values from the same types, so the outer shape is checked and the inside is taken at its word. The
// request schemas of shared/api.ts would pull all of zod into the page and only describe the other direction.

import type { EventName, Events, RequestName, Responses } from '../../shared/api'
import { isErrorCode, type WireError } from '../../shared/errors'

/** Whether `value` is an object whose fields may be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Whether `value` is an error as it crosses a Link. */
export function isWireError(value: unknown): value is WireError {
  return isRecord(value) && isErrorCode(value['code']) && typeof value['message'] === 'string'
}

type Check = (value: unknown) => boolean

const isNull: Check = (value) => value === null

function hasNumber(value: unknown, name: string): boolean {
  return isRecord(value) && typeof value[name] === 'number'
}

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => typeof value[name] === 'string')
}

/** The parts of a snapshot, and what each is outside. */
const parts: readonly (readonly [name: string, check: Check])[] = [
  ['environment', (value) => hasTexts(value, 'name', 'region')],
  ['profiles', Array.isArray],
  ['instances', (value) => isRecord(value) && isRecord(value['state']) && Array.isArray(value['items'])],
  ['forwards', Array.isArray],
  ['terminals', Array.isArray],
  ['settings', (value) => hasTexts(value, 'theme', 'density', 'groupTag')],
  ['notices', Array.isArray],
  ['questions', Array.isArray],
]

const answers: Record<RequestName, Check> = {
  'environment.select': isNull,
  'environment.refresh': isNull,
  'demo.outage': isNull,
  'demo.recover': isNull,
  'instances.refresh': isNull,
  'forward.create': (value) => hasTexts(value, 'forwardId'),
  'forward.update': isNull,
  'forward.delete': isNull,
  'forward.start': isNull,
  'forward.stop': isNull,
  'forward.retry': isNull,
  'forward.acknowledge': isNull,
  'forward.check': (value) => isRecord(value) && Array.isArray(value['legs']),
  'port.suggest': (value) => hasNumber(value, 'localPort'),
  'terminal.open': (value) => hasTexts(value, 'terminalId'),
  'terminal.restart': isNull,
  'terminal.retry': isNull,
  'terminal.write': isNull,
  'terminal.resize': isNull,
  'terminal.hold': (value) => hasNumber(value, 'answeredOffset'),
  'terminal.answer': isNull,
  'terminal.replay': (value) =>
    hasTexts(value, 'base64') && hasNumber(value, 'startOffset') && hasNumber(value, 'answeredOffset'),
  'terminal.close': isNull,
  'journal.list': (value) =>
    isRecord(value) && Array.isArray(value['entries']) && typeof value['hasMore'] === 'boolean',
  'settings.set': isNull,
  'notice.dismiss': isNull,
  'question.answer': isNull,
  'question.dismiss': isNull,
}

const events: Record<EventName, Check> = {
  snapshot: (value) =>
    isRecord(value) && hasTexts(value, 'windowId') && parts.every(([name, check]) => check(value[name])),
  'snapshot.patch': (value) =>
    isRecord(value) && parts.every(([name, check]) => value[name] === undefined || check(value[name])),
  'terminal.output': (value) => hasTexts(value, 'terminalId', 'base64') && hasNumber(value, 'offset'),
  'journal.entry': (value) => hasTexts(value, 'tone', 'text') && hasNumber(value, 'id') && hasNumber(value, 'at'),
}

/** Whether `value` answers the request `name`. */
export function isAnswer<N extends RequestName>(name: N, value: unknown): value is Responses[N] {
  return answers[name](value)
}

/** Whether `value` is the event `name`. */
export function isEvent<N extends EventName>(name: N, value: unknown): value is Events[N] {
  return events[name](value)
}
