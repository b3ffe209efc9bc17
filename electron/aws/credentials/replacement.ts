// Which keys take the place of those that have ended: handed over by a person, or those of another profile.
//
// Owns what a process has to remember for that, in memory only: the owner of the keys that worked, whether those of the environment
// have ended, and the keys that were handed over. Does not own how keys are found (credentials.ts), nor when (renewal.ts).

import { AppError } from '../../../shared/errors'
import type { AwsIdentity } from '../clients'
import { excerpt } from '../errors/foreigntext'
import { kinship, type Caller } from './caller'

/** The longest ARN. Source: AWS Resource Groups Tagging API reference, "ResourceARN". */
const MAX_ARN = 1_011

/** How often STS is asked for the owner of keys that work. It may be out of reach where Systems Manager is not. */
const MAX_LOOKS = 3

/** Whether two identities are the same keys. */
export function isSame(one: AwsIdentity, other: AwsIdentity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken
}

/** The owner before; undefined where no keys have worked yet. `isOtherSession`: the role is the same, its session name is another. */
export interface Succession {
  readonly before: Caller | undefined
  readonly isOtherSession: boolean
}

function named(arn: string): string {
  return excerpt(arn, MAX_ARN)
}

/** The sentence about a role under another session name. */
export function otherSessionSentence(before: Caller, after: Caller): string {
  return (
    `They are of the same role under another session name (${named(after.arn)}, before ${named(before.arn)}): ` +
    'AWS may refuse to resume the sessions that are open now, and each of those loses its connections.'
  )
}

/** The memory of one profile's keys. */
export class Replacement {
  /** Keys that a person has handed over. They are used until AWS refuses them. */
  handed: AwsIdentity | undefined
  /** The profile that a person has chosen for the time after the keys of the environment. */
  profile: string | undefined
  /** The profile that a person may choose; undefined: none has credentials, or another one takes the place unasked. */
  offered: string | undefined
  /** Whether AWS has refused the keys of the environment, which cannot change while this process runs. */
  hasEnvironmentEnded = false
  #owner: Caller | undefined
  #hasWorked = false
  #looks = 0
  #isAsking = false
  #checked: AwsIdentity | undefined
  readonly #told = new Set<string>()

  /** The owner of the keys that have worked; undefined where it is not known. */
  get owner(): Caller | undefined {
    return this.#owner
  }

  /** AWS has answered a call with `keys`: asks for their owner while they live, unless they last. Does not wait for the answer. */
  noteWorked(keys: AwsIdentity, ask: () => Promise<Caller>): void {
    this.#hasWorked = true
    const isLasting = keys.outlook === undefined || keys.outlook.kind === 'lasting'
    if (this.#owner !== undefined || isLasting || this.#isAsking || this.#looks === MAX_LOOKS) return
    this.#looks += 1
    this.#isAsking = true
    const failed = (): void => undefined // the next call that works asks again
    void ask()
      .then((owner) => this.noteOwner(owner), failed)
      .finally(() => (this.#isAsking = false))
  }

  /** Remembers the owner of keys that have worked, unless one is known. */
  noteOwner(owner: Caller): void {
    this.#owner ??= owner
  }

  /** Remembers that AWS has refused `keys`; `environment`: the keys there. */
  noteRefused(keys: AwsIdentity, environment: AwsIdentity | undefined): void {
    if (this.handed !== undefined && isSame(this.handed, keys)) this.handed = undefined
    else if (environment !== undefined && isSame(environment, keys)) this.hasEnvironmentEnded = true
  }

  /** True the first time that it is called with `what`. */
  isFirst(what: string): boolean {
    const isFirst = !this.#told.has(what)
    this.#told.add(what)
    return isFirst
  }

  /** Whether `keys` were accepted before. */
  isChecked(keys: AwsIdentity): boolean {
    return this.#checked !== undefined && isSame(this.#checked, keys)
  }

  /**
   * Compares the owner of other keys with the one before, and remembers it. Throws `refusal` where it is another account or role, with
   * both named, and where the owner before is not known although its keys have worked. `origin` names the keys: "the keys of …".
   */
  succeed(
    keys: AwsIdentity,
    after: Caller,
    { origin, refusal }: { readonly origin: string; readonly refusal: 'access-denied' | 'credentials-expired' },
  ): Succession {
    const before = this.#owner
    if (before === undefined && this.#hasWorked) {
      throw new AppError(
        refusal,
        `The owner of the keys before is not known (sts:GetCallerIdentity was not answered), so ${origin}, of ${named(after.arn)}, ` +
          'cannot be compared with them: start again with the new keys.',
      )
    }
    const kin = before === undefined ? 'same' : kinship(before, after)
    if (before !== undefined && kin === 'other') {
      throw new AppError(
        refusal,
        `The keys before are of ${named(before.arn)}, and ${origin} are of ${named(after.arn)}: ` +
          'give keys of the same account and role, or start again with the new ones.',
      )
    }
    this.#owner = after
    this.#checked = keys
    return { before, isOtherSession: kin === 'other-session' }
  }
}
