// The form of an operation of Amazon ECS: a request that is checked by its schema, and the function that answers it. Pure.

import * as z from 'zod'
import { fault, type Answer, type Fault } from '../../api/answers'
import type { Json } from '../../api/operation'
import type { Identity } from '../../iam/identity'
import type { EcsAccount } from '../account'

/** What an operation acts on. */
export interface EcsCall {
  readonly account: EcsAccount
  readonly caller: Identity
  /** Starts a session of Systems Manager to a container that is connected; resolves its target, its command and its names. */
  readonly startSession: (target: string, command: string) => Json
}

/** Answers a parsed JSON body. */
export type EcsOperation = (body: unknown, call: EcsCall) => Answer<Json>

/** Makes an operation whose request is checked before it runs. */
export function ecsOperation<T>(schema: z.ZodType<T>, run: (request: T, call: EcsCall) => Answer<Json>): EcsOperation {
  return (body, call) => {
    const parsed = schema.safeParse(body)
    return parsed.success ? run(parsed.data, call) : fault('InvalidParameterException', z.prettifyError(parsed.error))
  }
}

/** The refusal of a cluster that is not there. */
export function unknownCluster(): Fault {
  return fault('ClusterNotFoundException', 'Cluster not found.')
}
