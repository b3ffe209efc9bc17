// Authorizes sessions: keeps them pending, hands out their tokens, and opens the socket where they are redeemed at the first of them.
//
// The app has one, and `culvert authorize --hold` another. Owns the socket and the sessions of redeemed authorizations: disposing ends
// them, and then every token of it is worth nothing.

import { closingError } from '../async/closing'
import type { Authorization, WantedAuthorization } from './authorization'
import { Authorizations, type AuthorizationsOptions } from './authorizations'
import { openHolder, type Holder } from './holder'
import { formatToken } from './tokens/token'

/** An authorization with its token. The token is a secret: it is given to the person who asked, and kept nowhere. */
export interface Authorized {
  readonly authorization: Authorization
  readonly token: string
}

/** See above. */
export class Authorizer implements AsyncDisposable {
  readonly #now: () => number
  readonly #authorizations: Authorizations
  #holder: Promise<Holder> | undefined
  #isOver = false

  constructor(options: AuthorizationsOptions) {
    this.#now = options.now
    this.#authorizations = new Authorizations(options)
  }

  /** Authorizes a session. Rejects with `data-directory`, `authorization-refused` when too many are pending, `not-running` once disposed. */
  async authorize(wanted: WantedAuthorization): Promise<Authorized> {
    if (this.#isOver) throw closingError()
    this.#holder ??= openHolder({ authorizations: this.#authorizations, now: this.#now })
    const opening = this.#holder
    try {
      const { name } = await opening
      if (this.#isOver) throw closingError()
      const { authorization, secret } = this.#authorizations.add(wanted)
      return { authorization, token: formatToken({ holder: name, secret }) }
    } catch (error) {
      // The next one tries to open the socket again.
      await opening.catch(() => {
        if (this.#holder === opening) this.#holder = undefined
      })
      throw error
    }
  }

  /** Revokes an authorization, and ends its session if there is one. Returns whether this process keeps it. */
  revoke(id: string): boolean {
    return this.#authorizations.revoke(id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    const holder = await this.#holder?.catch(() => undefined)
    await holder?.[Symbol.asyncDispose]()
    this.#authorizations[Symbol.dispose]()
  }
}
