// The file in which AWS's tools keep the token of an SSO login. Read by us, and written when we have refreshed the token.
//
//   ~/.aws/sso/cache/SHA1.json     SHA1 of the sso_session's name, or of the start URL where a profile names no session
//
// Keys that we do not know stay in the file. Written to a file beside it (0600) and renamed, so that no other tool reads half of
// one. Source: botocore utils SSOTokenLoader, tokens SSOTokenProvider; AWS SDKs and Tools reference, "IAM Identity Center
// credential provider".

import { createHash, randomBytes } from 'node:crypto'
import { lstat, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
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

/** The path of the file. `home` is the home directory; `key` the session's name, or the start URL. */
export function ssoCachePath(home: string, key: string): string {
  return join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(key).digest('hex')}.json`)
}

/**
 * The token in the file. Undefined where the file is missing or is not one of AWS's: both mean that a login is needed. Throws
 * `credentials-missing` for a file that may not be read, and `internal` where too many files are open.
 */
export async function readSsoToken(path: string): Promise<SsoToken | undefined> {
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
    const token = cacheSchema.safeParse(JSON.parse(bytes.toString('utf8')))
    return token.success ? token.data : undefined
  } catch {
    return undefined
  }
}

/** Writes the file; resolves with whether it was written. A symbolic link is left alone: renaming would replace it. */
export async function writeSsoToken(path: string, token: SsoToken): Promise<boolean> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    if ((await lstat(path)).isSymbolicLink()) return false
    await writeFile(beside, JSON.stringify(token), { mode: 0o600, flag: 'wx' })
    await rename(beside, path)
    return true
  } catch {
    await rm(beside, { force: true }).catch(() => undefined /* it was never written */)
    return false
  }
}
