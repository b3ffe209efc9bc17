// Identity policies: which caller may perform which action on which resource. Pure, except for `Policies`, which owns the statements.
//
// An explicit deny wins. Otherwise one statement has to allow each resource. An identity without statements may do everything: that
// is the simulator's default, and not IAM's. Source: IAM user guide, "Policy evaluation logic", "IAM JSON policy elements: Resource".

import * as z from 'zod'
import type { Identity } from './identity'
import { matches } from './pattern'

/** One statement of a policy. `*` and `?` match in actions and resources; `${aws:userid}` and `${aws:username}` stand for the caller. */
export const policyStatement = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  /** `ssm:ResumeSession`, `ssm:*`, `*`. */
  actions: z.array(z.string().min(1).max(128)).min(1).max(100).readonly(),
  /** ARN patterns; every resource unless said otherwise. */
  resources: z.array(z.string().min(1).max(2_048)).min(1).max(100).readonly().default(['*']),
})

/** A statement as it is given. */
export type StatementInput = z.input<typeof policyStatement>

type Statement = z.output<typeof policyStatement>

/** The ARNs under which a policy may name one resource; the first is the one that refusals name. */
export type Resource = readonly [string, ...string[]]

/** An action on its resources. Each of them has to be allowed. */
export interface Demand {
  readonly action: string
  readonly resources: readonly Resource[]
}

// A variable that the caller has no value for matches nothing.
function filledIn(pattern: string, caller: Identity): string | undefined {
  const withId = pattern.replaceAll('${aws:userid}', caller.userId)
  if (!withId.includes('${aws:username}')) return withId
  return caller.kind === 'user' ? withId.replaceAll('${aws:username}', caller.name) : undefined
}

function appliesTo(statement: Statement, action: string): boolean {
  return statement.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))
}

function covers(statement: Statement, caller: Identity, resource: Resource): boolean {
  const patterns = statement.resources.map((pattern) => filledIn(pattern, caller))
  return resource.some((arn) => patterns.some((pattern) => pattern !== undefined && matches(pattern, arn)))
}

/** The words in which AWS refuses a demand; undefined where `statements` allow it. */
export function refusalWords(
  statements: readonly Statement[],
  caller: Identity,
  { action, resources }: Demand,
): string | undefined {
  const relevant = statements.filter((statement) => appliesTo(statement, action))
  const of = (effect: Statement['effect']): Statement[] => relevant.filter((statement) => statement.effect === effect)
  for (const resource of resources) {
    const isDenied = of('deny').some((statement) => covers(statement, caller, resource))
    if (!isDenied && of('allow').some((statement) => covers(statement, caller, resource))) continue
    const why = isDenied
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`
    const where = resource[0] === '*' ? '' : ` on resource: ${resource[0]}`
    return `User: ${caller.arn} is not authorized to perform: ${action}${where} ${why}`
  }
  return undefined
}

/** The policies of the account, by the name of the role or user. */
export class Policies {
  readonly #statements = new Map<string, readonly Statement[]>()

  /** `given`: statements by the name of a role or user. */
  constructor(given: Readonly<Record<string, readonly StatementInput[]>> = {}) {
    for (const [name, statements] of Object.entries(given)) this.set(name, statements)
  }

  /** Replaces the statements of a role or user. Undefined: it may do everything again. Throws a `ZodError`. */
  set(name: string, statements: readonly StatementInput[] | undefined): void {
    if (statements === undefined) this.#statements.delete(name)
    else this.#statements.set(name, z.array(policyStatement).parse(statements))
  }

  /** The words in which AWS refuses `caller` the demand; undefined where it is allowed. */
  refusal(caller: Identity, demand: Demand): string | undefined {
    const statements = this.#statements.get(caller.name)
    return statements === undefined ? undefined : refusalWords(statements, caller, demand)
  }
}
