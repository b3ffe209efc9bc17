// The callers of the simulated account: a role under a session name, or an IAM user. Pure.
//
//   role   arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME   aws:userid AROA…:NAME
//   user   arn:aws:iam::ACCOUNT:user/NAME                aws:userid AIDA…
//
// Source: IAM user guide, "IAM identifiers" and "IAM and AWS STS condition context keys" (aws:userid, aws:username).

/** A caller of the account. */
export interface Identity {
  readonly kind: 'role' | 'user'
  /** The role's or the user's name; policies are attached to it. */
  readonly name: string
  readonly arn: string
  /** The value of `${aws:userid}`. */
  readonly userId: string
  /** The RoleSessionName, or the user's name. The ids of sessions begin with it. */
  readonly sessionPrefix: string
}

function uniqueId(prefix: string, name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}ROLE0`
}

/** A role that was assumed under the session name `sessionName`. */
export function roleIdentity(accountId: string, role: string, sessionName: string): Identity {
  return {
    kind: 'role',
    name: role,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${sessionName}`,
    userId: `${uniqueId('AROA', role)}:${sessionName}`,
    sessionPrefix: sessionName,
  }
}

/** A user with keys of its own. */
export function userIdentity(accountId: string, name: string): Identity {
  return {
    kind: 'user',
    name,
    arn: `arn:aws:iam::${accountId}:user/${name}`,
    userId: uniqueId('AIDA', name),
    sessionPrefix: name,
  }
}
