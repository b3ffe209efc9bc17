// The files in which AWS's tools keep an SSO login: the token, and the client that it was given to. Read and written by us.
//
//   ~/.aws/sso/cache/SHA1.json     token: SHA1 of the sso_session's name, or of the start URL where a profile names no session
//                                  client: SHA1 of what it was registered for (login/registration.ts)
//
// Keys that we do not know stay in a token that is refreshed. Each file is written beside its place (0600) and renamed, so that no
// other tool reads half of one. Source: botocore utils SSOTokenLoader, tokens SSOTokenProvider; AWS SDKs and Tools reference, "IAM Identity Center
// credential provider".

import { createHash, randomBytes } from 'node:crypto'
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { AppError, asError } from '../../../shared/errors'
import { nodeCode } from '../errors/errors'
import { FileFault, readUserFile } from '../profiles/userfile'

const cacheSchema = z.looseObject({
  accessToken: z.string().min(1),
  expiresAt: z.string().refine((text) => !Number.isNaN(Date.parse(text))),
  refreshToken: z.string().min(1).optional(),
  clientId: z.string().min(1).optional(),
  clientSecret: z.string().min(1).optional(),
  registrationExpiresAt: z.string().optional(),
})

/** The content of a file: secrets, which are never shown. */
export type SsoToken = z.infer<typeof cacheSchema>

const hashOf = (key: string): string => createHash('sha1').update(key).digest('hex')

/** The path of a file. `home` is the home directory; `key` the session's name, or the start URL, or that of a client. */
export function ssoCachePath(home: string, key: string): string {
  return join(home, '.aws', 'sso', 'cache', `${hashOf(key)}.json`)
}

/**
 * The path of the file that holds the only change of a login that is under way: one process logs in, and one refreshes. It lies
 * outside of the cache, because a change in that directory means that a login may have succeeded (profiles/watch.ts).
 */
export function ssoLockPath(home: string, key: string, change: 'login' | 'refresh'): string {
  return join(home, '.aws', 'sso', `culvert-${hashOf(key)}.${change}.lock`)
}

/**
 * The token in the file. Undefined where the file is missing or is not one of AWS's: both mean that a login is needed. Throws
 * `credentials-missing` for a file that may not be read, and `internal` where too many files are open.
 */
export async function readSsoToken(path: string): Promise<SsoToken | undefined> {
  const token = cacheSchema.safeParse(await readSsoFile(path))
  return token.success ? token.data : undefined
}

/** The JSON in a file of the cache; undefined where it is missing or no JSON. Throws as `readSsoToken`. */
export async function readSsoFile(path: string): Promise<unknown> {
  let bytes: Buffer
  try {
    bytes = await readUserFile(path)
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    if (error.kind === 'missing') return undefined
    const text = `The file of the SSO login ${path} ${error.message}: change its permissions, or remove it and log in again.`
    throw new AppError('credentials-missing', text, { cause: error })
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The end of a sentence that begins with the path of a file that was not written; undefined: it was written. */
type Unwritten = string | undefined

const LINK = 'is a symbolic link, which is never replaced'

async function kindOf(path: string): Promise<'file' | 'link' | 'missing'> {
  try {
    return (await lstat(path)).isSymbolicLink() ? 'link' : 'file'
  } catch (error) {
    if (nodeCode(error) === 'ENOENT') return 'missing'
    throw error
  }
}

/** Whether a file of the cache is a symbolic link, and so cannot be written. False for a path that cannot be looked at. */
export async function isSsoLink(path: string): Promise<boolean> {
  return (await kindOf(path).catch(() => 'file')) === 'link'
}

/**
 * Writes a file of the cache. A symbolic link is left alone. `mayCreate`: a file that is missing is made, and its directory (0700);
 * otherwise it stays missing, because a person has logged out. Never rejects: resolves with why the file was not written.
 */
export async function writeSsoFile(
  path: string,
  content: Readonly<Record<string, unknown>>,
  { mayCreate }: { readonly mayCreate: boolean },
): Promise<Unwritten> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    if (mayCreate) await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const kind = await kindOf(path)
    if (kind === 'link') return LINK
    if (kind === 'missing' && !mayCreate) return 'does not exist any more'
    await writeFile(beside, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
    await rename(beside, path)
    return undefined
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined /* it was never written */)
    return `cannot be written (${nodeCode(error) ?? asError(error).message})`
  }
}
