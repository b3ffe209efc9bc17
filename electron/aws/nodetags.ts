// Tags of hybrid nodes (mi-…). EC2 does not know these nodes, and the list of Systems Manager names no tags: each node takes a call.
//
// Systems Manager has filtered a list by tags: nodes whose own tags are not read have the tags of the filter.
//
// Owns how many nodes are asked about, how many calls run at a time and how long they may take together. A list of instances never
// fails because of tags: a notice says which are missing, and why.
// Source: Systems Manager API reference, "ListTagsForResource" (resource type ManagedInstance).

import { cutText } from '../../shared/cut'
import { AppError, asError } from '../../shared/errors'
import type { Instance, TagPair } from '../../shared/model/instance'
import { withDeadline } from './deadline'

/** Calls at a time. The service throttles an account that makes more than a few each second. */
const MAX_CALLS = 5

/** A call takes 50 to 100 ms, so this many take less than ten seconds. */
const MAX_NODES = 500

/** The list is shown once its tags are read. It waits no longer than this for them. */
const READ_MS = 15_000

/** The services' own limits. Source: EC2 user guide, "Tag restrictions". */
const MAX_KEY = 128
const MAX_VALUE = 256
/** Fifty of the user's and some that AWS sets. */
const MAX_TAGS = 80

/** A tag as both services answer it. */
export interface Tag {
  readonly Key?: string | undefined
  readonly Value?: string | undefined
}

/** The tags of one node. Rejects as any call does. */
export type ListTags = (nodeId: string, signal: AbortSignal) => Promise<readonly Tag[]>

/** Cuts tags to the limits that AWS has for them. */
export function keptTags(tags: readonly Tag[] | undefined): Tag[] {
  return (tags ?? []).slice(0, MAX_TAGS).map(({ Key: key, Value: value }) => ({
    Key: key === undefined ? undefined : cutText(key, MAX_KEY),
    Value: value === undefined ? undefined : cutText(value, MAX_VALUE),
  }))
}

/** Tags as the product knows them. */
export function tagRecord(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(
    tags.flatMap(({ Key: key, Value: value }) => (key === undefined ? [] : [[key, value ?? '']])),
  )
}

function notRead(count: number, isFiltered: boolean): string {
  return `The ${isFiltered ? 'other tags' : 'tags'} of ${count.toLocaleString('en-US')} hybrid ${count === 1 ? 'node are' : 'nodes are'} unknown`
}

function noticeOf(error: AppError, count: number, isFiltered: boolean): string {
  return error.code === 'access-denied'
    ? 'Tags of hybrid nodes may not be read with these credentials (ssm:ListTagsForResource on ' +
        'arn:aws:ssm:*:*:managed-instance/* is denied), so hybrid nodes are shown ' +
        (isFiltered ? 'with the tags that were asked for alone.' : 'and filtered without them.')
    : `${notRead(count, isFiltered)} (${error.message}) List the instances again to read them.`
}

/** Whether the node is no longer registered. Source: Systems Manager API reference, "ListTagsForResource", Errors. */
export function isGone(error: unknown): boolean {
  return error instanceof AppError && asError(error.cause).name === 'InvalidResourceId'
}

/** Whether the credentials, and not the tags, are at fault: then the list as a whole has failed. */
function isLogin({ code }: AppError): boolean {
  return code === 'credentials-expired' || code === 'credentials-missing'
}

/**
 * Reads the tags of the hybrid nodes among `instances`: the same list with them, and a notice where some are missing. Rejects with
 * `credentials-expired`, `credentials-missing` or the reason of `signal`. `filters`: the tags that Systems Manager has filtered the
 * nodes by. `readMs` is for tests.
 */
export async function withNodeTags(
  instances: readonly Instance[],
  options: {
    readonly listTags: ListTags
    readonly signal: AbortSignal
    readonly filters?: readonly TagPair[]
    readonly readMs?: number
  },
): Promise<{ readonly instances: Instance[]; readonly notices: string[] }> {
  const { listTags, signal, filters = [], readMs = READ_MS } = options
  const isFiltered = filters.length > 0
  const nodes = instances.filter(({ kind }) => kind === 'hybrid')
  const waiting = nodes.slice(0, MAX_NODES)
  const tagsById = new Map<string, Record<string, string>>()
  const readAll = async (ending: AbortSignal): Promise<void> => {
    const stopping = new AbortController()
    const either = AbortSignal.any([ending, stopping.signal])
    const readSome = async (): Promise<void> => {
      for (let node = waiting.shift(); node !== undefined && !either.aborted; node = waiting.shift()) {
        const tags = await listTags(node.id, either).catch((error: unknown) => {
          if (isGone(error)) return []
          throw error
        })
        tagsById.set(node.id, tagRecord(keptTags(tags)))
      }
    }
    try {
      await Promise.all(Array.from({ length: MAX_CALLS }, readSome))
    } finally {
      // The first failure ends the other calls: they would fail in the same way.
      stopping.abort()
    }
  }
  const notices: string[] = []
  if (waiting.length > 0) {
    try {
      const late = () => new AppError('timeout', 'AWS took too long to answer ssm:ListTagsForResource.')
      await withDeadline({ signal, ms: readMs, late }, readAll)
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError) || isLogin(error)) throw error
      notices.push(noticeOf(error, nodes.length - tagsById.size, isFiltered))
    }
  }
  if (notices.length === 0 && nodes.length > MAX_NODES) {
    const most = MAX_NODES.toLocaleString('en-US')
    notices.push(
      `${notRead(nodes.length - MAX_NODES, isFiltered)}, because Culvert reads those of ${most} nodes at most.`,
    )
  }
  if (isFiltered) {
    const known = Object.fromEntries(filters)
    for (const { id } of nodes) if (!tagsById.has(id)) tagsById.set(id, known)
  }
  return { instances: instances.map((instance) => tagged(instance, tagsById.get(instance.id))), notices }
}

function tagged(instance: Instance, tags: Record<string, string> | undefined): Instance {
  return tags === undefined ? instance : { ...instance, tags, name: tags['Name'] || instance.name }
}
