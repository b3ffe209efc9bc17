// The RoleSessionName of a role: one for each installation and profile, the same after each renewal and each restart.
//
// Policies let a caller resume and end its own sessions by `${aws:userid}`, which is the role's id and the RoleSessionName. A new
// name at each renewal, as the SDK makes it, would be refused its own sessions. The profile's `role_session_name` wins, then
// AWS_ROLE_SESSION_NAME. Source: STS API reference, AssumeRole; specification §10.4.

import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import { excerpt } from '../errors/foreigntext'

const VALID = /^[\w+=,.@-]{2,64}$/
const INVALID_CHARACTERS = /[^\w+=,.@-]+/g
/** Leaves room for the rest of the name, and for what AWS appends to it in the id of a session. */
const MAX_PROFILE = 32
const DIGITS = 12

/** Reads the id of this installation. May reject. */
export type Installation = () => Promise<string>

/** The names of one account. */
export class SessionNames {
  readonly #env: NodeJS.ProcessEnv
  readonly #installation: Installation | undefined

  /** Without `installation`, and where it cannot be read, a name depends on the profile alone. */
  constructor(options: { readonly env: NodeJS.ProcessEnv; readonly installation?: Installation | undefined }) {
    this.#env = options.env
    this.#installation = options.installation
  }

  /** The name for `profile`; `configured`: its role_session_name. Throws `profile-unknown` or `usage` for a name that STS refuses. */
  async of(profile: string, configured?: string): Promise<string> {
    if (configured !== undefined && configured !== '') {
      const where = `The role_session_name of the profile "${excerpt(profile)}"`
      return checked(
        configured,
        (why) => new AppError('profile-unknown', `${where} ${why}: correct it in ~/.aws/config.`),
      )
    }
    const set = this.#env['AWS_ROLE_SESSION_NAME']
    if (set) return checked(set, (why) => new AppError('usage', `AWS_ROLE_SESSION_NAME ${why}: set another one.`))
    const readable = profile.replaceAll(INVALID_CHARACTERS, '-').slice(0, MAX_PROFILE)
    const installation = await this.#installation?.().catch(() => undefined)
    // Two profiles may have the same readable part.
    const digest = createHash('sha256')
      .update(JSON.stringify([installation ?? '', profile]))
      .digest('hex')
    return `culvert-${readable}-${digest.slice(0, DIGITS)}`
  }
}

function checked(name: string, refuse: (why: string) => AppError): string {
  if (VALID.test(name)) return name
  throw refuse(`("${excerpt(name)}") must have 2 to 64 characters of A-Z, a-z, 0-9 and _+=,.@-`)
}
