// Writes calls to AWS into the diagnostic log: the operation, its duration and AWS's id of the request. Never parameters or
// answers, because both may hold secrets.

import * as z from 'zod'
import type { Diagnose } from '../../shared/diagnostics'

/** What the SDK adds to each answer, and to each error that AWS has answered with. */
const answered = z.object({
  $metadata: z.object({ requestId: z.string().optional(), attempts: z.number().optional() }),
})

/** The part of the SDK's context that is used. */
interface CallContext {
  readonly commandName?: string
}

/** The next step of a call. */
type Step<Input, Output> = (args: Input) => Promise<Output>

/**
 * A middleware for the SDK's first step, `initialize`, so that a call is told once, with all of its attempts. Changes nothing
 * of the call; throws what the call throws.
 */
export function watchedCalls(service: string, diagnose: Diagnose) {
  return <Input, Output extends { readonly output: object }>(
    next: Step<Input, Output>,
    context: CallContext,
  ): Step<Input, Output> => {
    const operation = `${service}:${(context.commandName ?? 'unknown').replace(/Command$/, '')}`
    return async (args) => {
      const startedAt = performance.now()
      const tell = (outcome: unknown, error?: string): void => {
        const { requestId, attempts } = answered.safeParse(outcome).data?.$metadata ?? {}
        diagnose({
          kind: 'call',
          operation,
          tookMs: Math.round(performance.now() - startedAt),
          ...(attempts === undefined ? {} : { attempts }),
          ...(requestId === undefined ? {} : { requestId }),
          ...(error === undefined ? {} : { error }),
        })
      }
      try {
        const result = await next(args)
        tell(result.output)
        return result
      } catch (error) {
        tell(error, error instanceof Error ? error.name : 'unknown')
        throw error
      }
    }
  }
}
