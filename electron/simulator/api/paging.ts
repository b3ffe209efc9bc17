// Pages of a list. A token is opaque to clients, and one that was made up or altered is refused.

import { createHash } from 'node:crypto'

/** One page. `nextToken` undefined: it was the last. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

function seal(scope: string, offset: number): string {
  const digest = createHash('sha256').update(`${scope}\n${offset}`).digest('base64url').slice(0, 16)
  return Buffer.from(`${offset}.${digest}`).toString('base64url')
}

/**
 * Cuts one page out of `items`. `scope` names the operation and its filters, because a token works for the same request only.
 * Returns undefined for a token that was not given out.
 */
export function pageOf<T>(
  items: readonly T[],
  request: { readonly scope: string; readonly size: number; readonly token: string | undefined },
): Page<T> | undefined {
  const offset =
    request.token === undefined ? 0 : Number.parseInt(Buffer.from(request.token, 'base64url').toString(), 10)
  if (request.token !== undefined && request.token !== seal(request.scope, offset)) return undefined
  const end = offset + request.size
  return {
    items: items.slice(offset, end),
    nextToken: end < items.length ? seal(request.scope, end) : undefined,
  }
}
