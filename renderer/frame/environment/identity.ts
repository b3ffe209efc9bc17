// The identity at AWS (account and role) as text for a person. Pure.

import type { Identity } from '../../../shared/model/environment'

/** An account id in groups: "4820 1193 7754". */
export function accountWords(accountId: string): string {
  return accountId.replaceAll(/\B(?=(\d{4})+$)/g, ' ')
}

/** The role, the user or the like that an ARN names: "DataEngineer"; "root" for the account itself. */
export function principalWords(arn: string): string {
  const resource = arn.split(':').slice(5).join(':')
  const [kind, ...rest] = resource.split('/')
  if (kind === 'assumed-role') {
    const role = rest[0] ?? ''
    // IAM Identity Center wraps the permission set's name.
    return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1] ?? role
  }
  return rest.at(-1) ?? kind ?? arn
}

/** Account and principal in a line: "4820 1193 7754, DataEngineer". */
export function identityWords({ accountId, arn }: Identity): string {
  return `${accountWords(accountId)}, ${principalWords(arn)}`
}
