// Checks the messages of a Link: answers and events by the contract, and errors.

import { eventChecks, type EventName, type Events } from '../../shared/api/events'
import { requests, type RequestName, type Responses } from '../../shared/api/requests'
import { isRecord, type Guard } from '../../shared/api/shape'
import { isErrorCode, type WireError } from '../../shared/errors'

/** Whether `value` is an error as it crosses a Link. */
export function isWireError(value: unknown): value is WireError {
  return isRecord(value) && isErrorCode(value['code']) && typeof value['message'] === 'string'
}

/** The map of requests, seen as a check of the answer for each name. */
const answers: { readonly [N in RequestName]: { readonly answer: Guard<Responses[N]> } } = requests

/** Whether `value` answers the request `name`. */
export function isAnswer<N extends RequestName>(name: N, value: unknown): value is Responses[N] {
  return answers[name].answer(value)
}

/** Whether `value` is the event `name`. */
export function isEvent<N extends EventName>(name: N, value: unknown): value is Events[N] {
  return eventChecks[name](value)
}
