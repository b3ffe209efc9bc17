// Defines one request of the contract: the schema of its parameters together with the check of its answer.

import type * as z from 'zod'
import type { Parts } from '../schemas'
import type { Guard } from './shape'

/** An entry of the map of requests. */
export interface Request<S extends z.ZodType, A> {
  /** Makes the schema of the parameters from the parts of shared/schemas.ts: once, when it is first needed. */
  readonly parameters: (parts: Parts) => S
  /** Checks whether a value is an answer to this request. */
  readonly answer: Guard<A>
}

/**
 * Defines a request by its parameters and its answer. `make` gets the parts of the schema as an argument instead of importing
 * them, so that the page can read `answer` without loading zod.
 */
export function request<S extends z.ZodType, A>(make: (parts: Parts) => S, answer: Guard<A>): Request<S, A> {
  let schema: S | undefined
  return {
    parameters: (parts) => {
      schema ??= make(parts)
      return schema
    },
    answer,
  }
}
