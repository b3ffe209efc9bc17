// A profile's credential_process: a command of the user's that prints credentials.
//
// The SDK is not used to run it: its bare exec has no handle and no limit, so a program that hangs would never be given up and
// would outlive Culvert. Owns the program and its children until they have ended, are killed at a limit, or at the signal.
// It gets no stdin and, as the leader of a session of its own, no terminal: a program that has to ask does so in a window.
//
//   spawned → exit → stdout and stderr closed → parsed
//           → 60 s, 1 MiB of stdout, or the signal → group killed → error
//
// Source: AWS SDKs and Tools reference, "Process credential provider".

import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import * as z from 'zod'
import { AppError, asError } from '../../../shared/errors'
import { redact } from '../../../shared/redaction'
import type { AwsIdentity } from '../clients'
import { descriptorError } from '../errors/errors'
import { excerpt, lastWords } from '../errors/foreigntext'
import { GROUP_OPTIONS, type ProcessGroups } from './processgroups'

/** A login in a browser or the touch of a security key takes half a minute. */
const LIMIT_MS = 60_000

/** An answer has 2 kB at most. */
const MAX_STDOUT_BYTES = 1_048_576

/** The end of stderr is kept: more than is quoted, so that redaction sees the name of a secret together with its value. */
const KEPT_STDERR_BYTES = 16_384

/** How long stdout may stay open after the command has ended. A program in the background may hold it; its output is not read. */
const CLOSE_MS = 2_000

/** Source: AWS SDKs and Tools reference, "Process credential provider". Other keys are ignored. */
const answerSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  // Some programs print null or "" for a key that they do not have.
  SessionToken: z.string().nullish(),
  Expiration: z.string().nullish(),
})

/** The parameters of a run. */
export interface CredentialProcessOptions {
  /** The profile whose program it is, for errors. */
  readonly profile: string
  /** A command line for the shell. */
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly groups: ProcessGroups
  /** Kills it; its reason is what `done` rejects with. */
  readonly signal: AbortSignal
}

/** A running program. */
export interface CredentialProcess {
  /**
   * Its credentials. Rejects with `credentials-missing`, quoting stderr, where it failed, hung or printed nonsense; with
   * `credentials-expired` where its answer has expired; with `internal` where no descriptors were left to start it.
   */
  readonly done: Promise<AwsIdentity>
  /** Why there are no credentials yet, with what it has said so far. */
  unanswered(): AppError
}

/** The last bytes of a stream, read so that the program never waits for a reader. */
class Tail {
  #bytes = Buffer.alloc(0)
  #isWhole = true

  constructor(stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      const bytes = Buffer.concat([this.#bytes, chunk])
      this.#isWhole &&= bytes.length <= KEPT_STDERR_BYTES
      this.#bytes = bytes.subarray(-KEPT_STDERR_BYTES)
    })
    stream.on('error', () => undefined)
  }

  /** The last lines of stderr, for the end of a sentence: in brackets with a blank before them; "" where there are none. */
  get said(): string {
    const text = this.#bytes.toString('utf8')
    // The first line may have lost its beginning, and with it the name that marks a secret.
    const whole = this.#isWhole ? text : text.slice(text.indexOf('\n') + 1)
    const words = lastWords(redact(whole))
    return words === '' ? '' : ` (it said: ${words})`
  }
}

/** Reads the program's answer. */
function parseAnswer(stdout: string, name: string, said: string): AwsIdentity {
  const missing = (why: string): AppError =>
    new AppError('credentials-missing', `${name} ${why}${said}: run it by hand to see what it prints.`)
  let json: unknown
  try {
    json = JSON.parse(stdout.trim())
  } catch {
    // The parser's message quotes the text, which may hold a key.
    throw missing(stdout.trim() === '' ? 'printed nothing' : 'printed something that is not JSON')
  }
  const parsed = answerSchema.safeParse(json)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0]
    throw missing(`printed JSON without a valid ${field === undefined ? 'answer' : String(field)}`)
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = parsed.data
  const { Expiration: text } = parsed.data
  const expiration = text ? new Date(text) : undefined
  if (Number.isNaN(expiration?.getTime())) throw missing('printed JSON without a valid Expiration')
  if (expiration !== undefined && expiration.getTime() <= Date.now()) {
    throw new AppError(
      'credentials-expired',
      `${name} returned credentials that have expired${said}: log in with it again.`,
    )
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken ? { sessionToken } : {}),
    ...(expiration === undefined ? {} : { expiration }),
  }
}

function couldNotStart(error: unknown, name: string): AppError {
  const why = excerpt(asError(error).message)
  return (
    descriptorError(error) ??
    new AppError('credentials-missing', `${name} could not be started (${why}): run it by hand to see why.`, {
      cause: error,
    })
  )
}

/** Starts the program. It is run by the shell, as by all tools of AWS. */
export function startCredentialProcess(options: CredentialProcessOptions): CredentialProcess {
  const { profile, command, env, groups, signal } = options
  const name = `The credential_process of the profile "${excerpt(profile)}"`
  let child: ChildProcess
  try {
    child = spawn(command, { ...GROUP_OPTIONS, shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const failed = couldNotStart(error, name)
    return { done: Promise.reject(failed), unanswered: () => failed }
  }
  groups.add(child)
  const { stdout, stderr } = child
  // Node's types do not say it: a program that could not be started has no streams at all.
  const tail = stderr ? new Tail(stderr) : undefined
  const said = (): string => tail?.said ?? ''
  const done = new Promise<AwsIdentity>((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let isOver = false
    let closing: NodeJS.Timeout | undefined
    /** Every outcome ends here. Only the first one counts. */
    const settle = (act: () => AwsIdentity): void => {
      if (isOver) return
      isOver = true
      groups.forget(child)
      clearTimeout(limit)
      clearTimeout(closing)
      signal.removeEventListener('abort', abort)
      stdout?.destroy()
      stderr?.destroy()
      child.unref()
      try {
        resolve(act())
      } catch (error) {
        reject(asError(error))
      }
    }
    const stop = (error: () => Error): void => {
      if (isOver) return
      groups.kill(child)
      settle(() => {
        throw error()
      })
    }
    const fail = (why: string): Error =>
      new AppError('credentials-missing', `${name} ${why}${said()}: run it by hand to see why, then try again.`)
    const abort = (): void => stop(() => asError(signal.reason))
    const limit = setTimeout(
      () => stop(() => fail(`did not answer within ${LIMIT_MS / 1_000} s and was stopped`)),
      LIMIT_MS,
    )
    if (signal.aborted) {
      abort()
      return
    }
    signal.addEventListener('abort', abort, { once: true })
    stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_STDOUT_BYTES) stop(() => fail('printed more than 1 MiB and was stopped'))
      else chunks.push(chunk)
    })
    stdout?.on('error', () => undefined)
    child.on('error', (error) => stop(() => couldNotStart(error, name)))
    const finish = (code: number | null, by: NodeJS.Signals | null): void =>
      settle(() => {
        if (by !== null) throw fail(`was ended by ${by}`)
        if (code !== 0) throw fail(`failed with exit status ${String(code)}`)
        return parseAnswer(Buffer.concat(chunks).toString('utf8'), name, said())
      })
    child.on('close', finish)
    child.on('exit', (code, by) => {
      if (isOver) return
      closing = setTimeout(() => {
        // A child of the command keeps stdout open. The bytes that are in the pipe already are read first.
        groups.kill(child)
        setImmediate(finish, code, by)
      }, CLOSE_MS)
    })
  })
  return {
    done,
    unanswered: () =>
      new AppError(
        'credentials-missing',
        `${name} has not answered yet${said()}: see whether it waits for a login or a confirmation, or run it by hand.`,
      ),
  }
}
