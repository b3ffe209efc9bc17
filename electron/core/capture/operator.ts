// The person who uses a session, for the records of drains. The name comes from IAM Identity Center, else from the settings, else from the
// ARN of the credentials. Pure.
//
// IAM Identity Center names the sessions of its roles (AWSReservedSSO_…) after the user: mostly the e-mail address. Every other role has a
// session name that a program or a person has made up, so the settings come before it.
// Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies".

import type { Settings } from '../../../shared/settings'

/** The name and the e-mail address; "" where they are not known. */
export interface Operator {
  readonly name: string
  readonly email: string
}

/** Tells who uses a session, by the ARN of its credentials; `arn` is undefined where the identity is not known. */
export function operatorOf(
  arn: string | undefined,
  { userName, userEmail }: Pick<Settings, 'userName' | 'userEmail'>,
): Operator {
  const [kind = '', ...rest] = (arn?.split(':').slice(5).join(':') ?? '').split('/')
  const last = rest.at(-1) ?? ''
  if (kind === 'assumed-role' && rest[0]?.startsWith('AWSReservedSSO_') === true && last !== '') {
    return { name: last, email: isEmail(last) ? last : userEmail }
  }
  // An IAM user is named by the last part of its path; a role by its name and that of the role session.
  const own = kind === 'assumed-role' ? rest.join('/') : last === '' ? kind : last
  return { name: userName === '' ? own : userName, email: userEmail === '' && isEmail(last) ? last : userEmail }
}

function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
}
