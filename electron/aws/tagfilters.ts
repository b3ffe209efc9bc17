// Listings by tags: which tags the services are asked to filter by, and what happens where they refuse.
//
// EC2 and Systems Manager only make the list shorter: the caller compares the tags itself afterwards. A tag that a service could read
// in another way than the caller is not sent, because its filter could leave out an instance that bears the tag.
// Sources: Systems Manager API reference, "InstanceInformationStringFilter"; EC2 user guide, "List and filter your resources".

import { AppError, asError } from '../../shared/errors'
import type { TagPair } from '../../shared/model/instance'

/** Filters in one call. No page of AWS names a limit for Systems Manager; few filters make the list short enough. */
const MAX_FILTERS = 5

/** The services' own limits. Source: EC2 user guide, "Tag restrictions", and "List and filter your resources" (values). */
const MAX_KEY = 128
const MAX_VALUE = 255

/** EC2 reads `*`, `?` and `\` as parts of a pattern. Commas separate values in some of the services' own tools. */
const PATTERN = /[*?\\,]/

/** The names of errors that say that a filter is not accepted. */
const REFUSALS: ReadonlySet<string> = new Set([
  'InvalidFilterKey',
  'InvalidInstanceInformationFilterValue',
  'ValidationException',
  'InvalidParameterValue',
  'FilterLimitExceeded',
])

function isPlain([key, value]: TagPair): boolean {
  const isInBounds = key !== '' && key.length <= MAX_KEY && value !== '' && value.length <= MAX_VALUE
  return isInBounds && !PATTERN.test(key) && !PATTERN.test(value)
}

/** Whether AWS sets a tag, as that of an Auto Scaling group. EC2 instances alone bear such tags. */
export function isOfAws([key]: TagPair): boolean {
  return key.startsWith('aws:')
}

/**
 * The tags of `tags` that a service is asked to filter by: one for each key, five at most. No page says that Systems Manager filters by
 * tags that AWS sets.
 */
export function sentFilters(tags: readonly TagPair[], service: 'ec2' | 'ssm'): TagPair[] {
  const byKey = new Map<string, TagPair>()
  for (const tag of tags) {
    if (!isPlain(tag) || (service === 'ssm' && isOfAws(tag))) continue
    if (!byKey.has(tag[0])) byKey.set(tag[0], tag)
  }
  return [...byKey.values()].slice(0, MAX_FILTERS)
}

/** Whether a service has refused the filters, or denied the call. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  return error.code === 'access-denied' || REFUSALS.has(asError(error.cause).name)
}

/**
 * Lists with `filters`. Where the service refuses them or denies the call, lists again without any. Resolves with the list and the
 * filters that it was made with. Rejects as `list` does.
 */
export async function listFiltered<T>(
  filters: readonly TagPair[],
  list: (filters: readonly TagPair[]) => Promise<T>,
): Promise<{ readonly list: T; readonly filters: readonly TagPair[] }> {
  if (filters.length > 0) {
    try {
      return { list: await list(filters), filters }
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }
  return { list: await list([]), filters: [] }
}
