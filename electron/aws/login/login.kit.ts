// The stage of the login's tests: a home directory, a simulated IAM Identity Center, and a person who decides at once.

import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { decide, type LastPage } from '../../../e2e/kit/aws/loginpages'
import {
  startIdentityCenter,
  type IdentityCenter,
  type IdentityCenterOptions,
} from '../../simulator/oidc/identitycenter'
import type { LoginStep } from './flows'
import { logIn, type LoginDone, type LoginNames, type LoginOptions } from './login'

/** The account of the profiles. */
export const ACCOUNT = '111122223333'

/** A stage. */
export interface LoginStage {
  readonly home: string
  readonly center: IdentityCenter
  readonly env: NodeJS.ProcessEnv
  /** The steps that a person was shown. */
  readonly shown: { readonly step: LoginStep; readonly names: LoginNames }[]
  /** The last page that the person saw. */
  page: Promise<LastPage> | undefined
  /** The file of a login with this key. */
  file(key: string): string
  /** Logs in; `decision`: the button that the person presses, none where it is undefined. */
  logIn(options?: Partial<LoginOptions> & { readonly decision?: 'allow' | 'deny' | undefined }): Promise<LoginDone>
}

/** Sets up a stage. The profiles: corp (session corp), old (no session), role (over corp), cli (`aws login`), keys (none). */
export async function stageLogin(options: Partial<IdentityCenterOptions> = {}): Promise<LoginStage> {
  const home = await mkdtemp(join(tmpdir(), 'culvert-login-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  // Pauses of the login pass at once, and move the clock of the service.
  let passedMs = 0
  const center = await startIdentityCenter({
    accountId: ACCOUNT,
    now: () => Date.now() + passedMs,
    issue: (role) => ({ accessKeyId: `KEY-${role}`, secretAccessKey: 's', sessionToken: 't' }),
    ...options,
  })
  onTestFinished(() => center[Symbol.asyncDispose]())
  const common = `sso_account_id=${ACCOUNT}\nsso_role_name=Developer\n`
  const place = `sso_start_url=${center.startUrl}\nsso_region=eu-central-1\n`
  await writeFile(
    join(home, 'config'),
    `[profile corp]\nsso_session=corp\n${common}[sso-session corp]\n${place}sso_registration_scopes=sso:account:access\n` +
      `[profile old]\n${place}${common}` +
      `[profile role]\nrole_arn=arn:aws:iam::${ACCOUNT}:role/x\nsource_profile=corp\n` +
      '[profile cli]\nlogin_session=arn:aws:iam::111122223333:user/ann\n[profile keys]\naws_access_key_id=A\n',
  )
  const env = {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_ENDPOINT_URL_SSO: center.endpointUrl,
    AWS_ENDPOINT_URL_SSO_OIDC: center.endpointUrl,
  }
  const stage: LoginStage = {
    home,
    center,
    env,
    shown: [],
    page: undefined,
    file: (key) => join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update(key).digest('hex')}.json`),
    logIn: (more = {}) => {
      const { decision, ...others } = { decision: 'allow' as const, ...more }
      return logIn({
        profile: 'corp',
        env,
        isDevice: false,
        signal: new AbortController().signal,
        pause: async (ms) => {
          await stage.page
          passedMs += ms
        },
        show: (step, names) => {
          stage.shown.push({ step, names })
          if (decision !== undefined) stage.page = decide(step.url, decision)
          stage.page?.catch(() => undefined)
        },
        ...others,
      })
    },
  }
  return stage
}
