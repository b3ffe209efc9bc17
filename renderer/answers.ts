// Reads what comes over a Link: outside data is unknown until its shape has been looked at.
//
// The core made these values from the same types, so the outer shape is checked and the inside is taken at its word. The
// request schemas of shared/api.ts would pull all of zod into the page and only describe the other direction.

import type { EventName, Events, RequestName, Responses } from '../shared/api'
import { isErrorCode, type WireError } from '../shared/errors'

/** Whether `value` is an object whose fields may be looked at. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Whether `value` is an error as it crosses a Link. */
export function isWireError(value: unknown): value is WireError {
  return isRecord(value) && isErrorCode(value['code']) && typeof value['message'] === 'string'
}

function isSnapshot(value: unknown): boolean {
  return (
    isRecord(value) &&
    isRecord(value['environment']) &&
    Array.isArray(value['forwards']) &&
    Array.isArray(value['terminals'])
  )
}

function hasNumber(value: unknown, name: string): boolean {
  return isRecord(value) && typeof value[name] === 'number'
}

function hasTexts(value: unknown, ...names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => typeof value[name] === 'string')
}

const answers: Record<RequestName, (value: unknown) => boolean> = {
  'instances.list': (value) => Array.isArray(value),
  'snapshot.get': isSnapshot,
  'terminal.open': (value) => hasTexts(value, 'terminalId'),
  'terminal.write': (value) => value === null,
  'terminal.resize': (value) => value === null,
  'terminal.replay': (value) => hasTexts(value, 'base64') && hasNumber(value, 'startOffset'),
  'terminal.close': (value) => value === null,
  'forward.open': (value) => hasTexts(value, 'forwardId') && hasNumber(value, 'localPort'),
  'forward.close': (value) => value === null,
}

const events: Record<EventName, (value: unknown) => boolean> = {
  snapshot: isSnapshot,
  'terminal.output': (value) => hasTexts(value, 'terminalId', 'base64') && hasNumber(value, 'offset'),
}

/** Whether `value` answers the request `name`. */
export function isAnswer<N extends RequestName>(name: N, value: unknown): value is Responses[N] {
  return answers[name](value)
}

/** Whether `value` is the event `name`. */
export function isEvent<N extends EventName>(name: N, value: unknown): value is Events[N] {
  return events[name](value)
}
