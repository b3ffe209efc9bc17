// The form of an operation of Systems Manager: a request that is checked by its schema, and the function that answers it. Pure.

import * as z from 'zod'
import type { Identity } from '../iam/identity'
import { fault, type Answer } from './answers'
import type { Service } from './service'

/** A JSON object of a request or an answer. */
export type Json = Readonly<Record<string, unknown>>

/** Answers a parsed JSON body. */
export type Operation = (body: unknown, service: Service, caller: Identity) => Answer<Json>

/** Makes an operation whose request is checked before it runs; a request that does not fit is refused as AWS does. */
export function operation<T>(
  schema: z.ZodType<T>,
  run: (request: T, service: Service, caller: Identity) => Answer<Json>,
): Operation {
  return (body, service, caller) => {
    const parsed = schema.safeParse(body)
    return parsed.success
      ? run(parsed.data, service, caller)
      : fault('ValidationException', z.prettifyError(parsed.error))
  }
}
