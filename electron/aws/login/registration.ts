// The registered client of a login. It is kept for about 90 days, in the same file as the AWS CLI keeps its own.
//
//   ~/.aws/sso/cache/SHA1.json   SHA1 of {"region", "scopes", "session_name", "startUrl", "tool"} as Python writes JSON
//
// The AWS CLI registers one client for both flows under the same name; `grantTypes` tells which flow a client is for.
// Source: botocore utils BaseSSOTokenFetcher._registration_cache_key, _register_client.

import { rm } from 'node:fs/promises'
import * as z from 'zod'
import { readSsoFile, ssoCachePath, writeSsoFile } from '../credentials/ssocache'
import type { SsoLogin } from '../credentials/ssoprofile'
import { REGISTERED_REDIRECT } from './callback'
import { ACCOUNT_SCOPE, type Client, type Oidc } from './oidc'

/** A client that expires sooner is not used: the login must end before it. The AWS CLI's value. */
const SPARE_MS = 900_000

/** The two ways to log in. */
export type Flow = 'code' | 'device'

const kept = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  expiresAt: z.string(),
  scopes: z.array(z.string()).optional(),
  grantTypes: z.array(z.string()).optional(),
})

/** JSON as Python's json.dumps writes it: a blank after each comma and colon, other characters than ASCII escaped. */
function pythonText(value: string | null): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The text whose SHA1 names the file of the client. */
export function registrationKey({ region, scopes, session, startUrl }: SsoLogin): string {
  const list = scopes === undefined ? 'null' : `[${scopes.map((scope) => pythonText(scope)).join(', ')}]`
  return (
    `{"region": ${pythonText(region)}, "scopes": ${list}, "session_name": ${pythonText(session ?? null)}, ` +
    `"startUrl": ${pythonText(startUrl)}, "tool": "botocore"}`
  )
}

function isFor(flow: Flow, grantTypes: readonly string[] | undefined): boolean {
  return flow === 'device' ? grantTypes === undefined : grantTypes?.includes('authorization_code') === true
}

/** Removes the file of a client that AWS no longer knows. The next login registers a new client. Never rejects. */
export async function forgetClient(login: SsoLogin, home: string): Promise<void> {
  await rm(ssoCachePath(home, registrationKey(login)), { force: true }).catch(() => undefined)
}

/** The client for a flow: the kept one, or a new one, which is kept. Rejects as `Oidc.register`. */
export async function clientFor(flow: Flow, login: SsoLogin, means: { readonly oidc: Oidc; readonly home: string }) {
  const path = ssoCachePath(means.home, registrationKey(login))
  // If the file cannot be read, a new client is registered.
  const file = kept.safeParse(await readSsoFile(path).catch(() => undefined))
  if (file.success) {
    const { clientId, clientSecret, expiresAt, grantTypes } = file.data
    const client: Client = { clientId, clientSecret, expiresAt }
    if (isFor(flow, grantTypes) && Date.parse(expiresAt) - Date.now() > SPARE_MS) return client
  }
  const client = await means.oidc.register(flow === 'code' ? REGISTERED_REDIRECT : undefined)
  const { scopes } = login
  const content = {
    ...client,
    ...(flow === 'code'
      ? { scopes: scopes ?? [ACCOUNT_SCOPE], grantTypes: ['authorization_code', 'refresh_token'] }
      : scopes === undefined
        ? {}
        : { scopes }),
  }
  await writeSsoFile(path, content, { mayCreate: true })
  return client
}
