// culvert targets list, read and authorize: the saved targets of the data directory. Opens no environment and calls no AWS.
//
// Stable output. With --json, list prints an array with one line a target, and read one object: id, name, environment ({"kind":"demo"}
// | {"kind":"aws","profile"?,"region"?}), set ({"hosts","choice"}), defaultPort?, remoteHost?, document? ({"name","parameters"?}),
// connectionLimit?, maxDurationMinutes?. Fields may be added. Without it blocks of aligned "key: value" lines.

import { AppError } from '../../../shared/errors'
import { printableJson, shownName } from '../../../shared/foreigntext'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { spanWords } from '../../../shared/status'
import { dataDirectoryPath } from '../../core/store/datadirectory'
import { readTargetFile } from '../../core/store/targetfile'
import type { LocalCommand, LocalContext } from '../context'
import { askToAuthorize, authorizationOf } from './authorize'

const MINUTE_MS = 60_000
const MAX_NAMED = 10

function environmentWords(ref: EnvironmentRef): string {
  if (ref.kind === 'demo') return 'Demo'
  const { profile = 'default', region } = ref
  return region === undefined ? profile : `${profile} (${region})`
}

/** A target as lines for people. */
export function targetBlock(target: SavedTarget): string {
  const { name, id, environment, set, defaultPort, remoteHost, document, connectionLimit, maxDurationMinutes } = target
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Name', name],
    ['ID', id],
    ['Environment', environmentWords(environment)],
    ['Hosts', set.hosts],
    ['Chosen', set.choice],
    ['Default port', defaultPort === undefined ? 'none: a shell' : String(defaultPort)],
    ['Remote host', remoteHost],
    ['Document', document?.name],
    ['Connection limit', connectionLimit === undefined ? undefined : String(connectionLimit)],
    ['Maximum duration', maxDurationMinutes === undefined ? undefined : spanWords(maxDurationMinutes * MINUTE_MS)],
  ]
  const there = rows.flatMap(([key, value]) => (value === undefined ? [] : [[`${key}:`, value] as const]))
  const width = Math.max(...there.map(([key]) => key.length))
  return `${there.map(([key, value]) => `  ${key.padEnd(width)}  ${shownName(value)}`).join('\n')}\n`
}

/** Prints every saved target. */
export const listTargets: LocalCommand = async ({ args, env, platform, stdout }) => {
  const targets = await readTargetFile(dataDirectoryPath(env, platform))
  if (args.flag('json')) {
    const rows = targets.map((target) => printableJson(target))
    await stdout.write(rows.length === 0 ? '[]\n' : `[\n${rows.join(',\n')}\n]\n`)
    return 0
  }
  if (targets.length === 0) await stdout.write('No target is saved. Make one in the window.\n')
  else await stdout.write(`Target information:\n${targets.map((target) => targetBlock(target)).join('\n')}`)
  return 0
}

/** The saved target that NAME names, or that has it as its id. Fails with `unknown-target`, which names those that there are. */
async function named({ args, env, platform }: LocalContext): Promise<SavedTarget> {
  const wanted = args.positional(0)
  const targets = await readTargetFile(dataDirectoryPath(env, platform))
  const target = targets.find(({ name }) => name === wanted) ?? targets.find(({ id }) => id === wanted)
  if (target !== undefined) return target
  const names = targets.slice(0, MAX_NAMED).map(({ name }) => shownName(name))
  const there = names.length === 0 ? 'None is saved.' : `There are: ${names.join(', ')}.`
  const more = targets.length > MAX_NAMED ? ' See all: culvert targets list.' : ''
  throw new AppError('unknown-target', `No saved target is named "${shownName(wanted)}". ${there}${more}`)
}

/** Prints one saved target. */
export const readTarget: LocalCommand = async (context) => {
  const { args, stdout } = context
  const target = await named(context)
  if (args.flag('json')) await stdout.write(`${printableJson(target)}\n`)
  else await stdout.write(`Target information:\n${targetBlock(target)}`)
  return 0
}

/** Authorizes one session to a saved target at the running Culvert, in the environment of the target. */
export const authorizeTarget: LocalCommand = async (context) => {
  const { name, environment } = await named(context)
  const text = `target:${name}`
  const wish = { environment, ...authorizationOf(context.args, text) }
  return askToAuthorize(wish, context, `Or keep the authorization in a command: culvert authorize ${text} --hold.`)
}
