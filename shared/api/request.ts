// One request of the contract: the schema of its parameters and the check of its answer, in one place.

import type * as z from 'zod'
import type { Parts } from '../schemas'
import type { Guard } from './shape'

/** A request as the map of requests has it. */
export interface Request<S extends z.ZodType, A> {
  /** Makes the schema of its parameters from the parts of shared/schemas.ts: once, when it is first needed. */
  readonly parameters: (parts: Parts) => S
  /** Whether a value is its answer. */
  readonly answer: Guard<A>
}

/**
 * States a request: what it takes and what it answers. `make` is given the parts of its schema instead of importing them, so that
 * the page can read `answer` without loading zod.
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
