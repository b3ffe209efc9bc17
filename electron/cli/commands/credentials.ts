// culvert credentials: hands new keys over to the running Culvert, or to one running `forward` or `ssh-proxy`.
//
// The keys come from the environment of this command, or with `-` as JSON on stdin. They are never arguments, which other users can
// see. Nothing of them is printed, also where they make no sense. Opens no environment and calls no AWS: the other process does.

import type { Readable } from 'node:stream'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { shownName } from '../../../shared/foreigntext'
import { endOfVariables, timeIn } from '../../../shared/keysend'
import type { HandedKeys } from '../../../shared/session'
import { askRunning } from '../../core/lock/asking'
import { askProcess, pidsThatListen } from '../../core/lock/processsocket'
import { dataDirectoryPath } from '../../core/store/datadirectory'
import type { LocalCommand } from '../context'
import { interrupted } from '../life'
import { wordLine } from '../text'

/** The socket at the other end takes no longer requests. */
const MAX_INPUT_BYTES = 65_536

const absentOr = (text: z.ZodString) => text.nullish().transform((value) => value ?? undefined)

/** Source: AWS CLI user guide, "Sourcing credentials with an external process". */
const printedKeys = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: absentOr(z.string().min(1)),
  Expiration: absentOr(z.string()),
})

/** The answer of the other process. Source: core/handed.ts. */
const handOverAnswer = z.object({ environment: z.string(), arn: z.string(), risk: z.string().optional() })

function withEnd(keys: Omit<HandedKeys, 'endsAt'>, endsAt: number | undefined): HandedKeys {
  if (endsAt === undefined) return keys
  if (endsAt > Date.now()) return { ...keys, endsAt }
  throw new AppError('credentials-expired', 'These credentials have ended already: get new ones, then hand them over.')
}

function keysOf(env: NodeJS.ProcessEnv): HandedKeys {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
  if (!accessKeyId || !secretAccessKey) {
    throw new AppError(
      'credentials-missing',
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: export the new credentials, or pipe their JSON to "culvert credentials -".',
    )
  }
  const { endsAt, malformed } = endOfVariables(env)
  if (malformed !== undefined) {
    throw new AppError('usage', `${malformed.name} is no time such as 2026-11-29T14:32:00Z: correct or unset it.`)
  }
  return withEnd({ accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) }, endsAt)
}

async function readAll(stdin: Readable): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of stdin) {
    if (!(chunk instanceof Uint8Array)) continue
    sizeBytes += chunk.length
    if (sizeBytes > MAX_INPUT_BYTES) {
      throw new AppError(
        'usage',
        `Stdin has more than ${String(MAX_INPUT_BYTES)} bytes: pipe the JSON of one pair of keys.`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function keysIn(text: string): HandedKeys {
  const odd = (what: string): AppError =>
    new AppError('usage', `Stdin has ${what}: pipe JSON as a credential_process prints it, with "Version": 1.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's error quotes what it has read.
    throw odd(text.trim() === '' ? 'nothing' : 'something that is no JSON')
  }
  const parsed = printedKeys.safeParse(value)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.')
    throw odd(field ? `no valid ${field}` : 'no credentials')
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: token, Expiration } = parsed.data
  const endsAt = Expiration === undefined ? undefined : timeIn(Expiration)
  if (Expiration !== undefined && endsAt === undefined) throw odd('no valid Expiration')
  return withEnd({ accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) }, endsAt)
}

/** Hands keys over to the app. Where it does not run, the error names the commands that take keys. */
async function toApp(directory: string, request: unknown): Promise<unknown> {
  try {
    return await askRunning(directory, request, { isSecret: true })
  } catch (error) {
    const pids = error instanceof AppError && error.code === 'not-running' ? await pidsThatListen() : []
    if (pids.length === 0) throw error
    throw new AppError(
      'not-running',
      `Culvert is not running on ${directory}: give one of the commands that run with --pid (${pids.join(', ')}), or start Culvert.`,
      { cause: error },
    )
  }
}

/** Hands keys over. Resolves once they are in use, and fails as the other process says. */
export const credentials: LocalCommand = async ({ args, env, platform, stdin, stdout, stderr, signal }) => {
  const pid = args.value('pid')
  if (pid !== undefined && !/^[1-9]\d{0,9}$/.test(pid)) throw args.usage(`--pid must be a process id, not "${pid}"`)
  const environment = args.value('environment')
  const keys =
    args.optional !== undefined ? keysIn(await Promise.race([readAll(stdin), interrupted(signal)])) : keysOf(env)
  const request = { credentials: keys, ...(environment === undefined ? {} : { environment }) }
  const asking = pid === undefined ? toApp(dataDirectoryPath(env, platform), request) : askProcess(Number(pid), request)
  const parsed = handOverAnswer.safeParse(await Promise.race([asking, interrupted(signal)]))
  if (!parsed.success) {
    throw new AppError('protocol', 'The running Culvert gave no sensible answer: use the same version as it.')
  }
  const { environment: name, arn, risk } = parsed.data
  if (risk !== undefined) await stderr.write(wordLine(risk))
  await stdout.write(`New credentials for ${shownName(name)}: ${shownName(arn)}\n`)
  return 0
}
