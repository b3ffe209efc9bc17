// The checks of a run, in their order: a check comes after those that it needs.

import { endpointsCheck, filesCheck, profileCheck } from './checks/configuration'
import { credentialChecks, identityCheck } from './checks/credentials'
import { documentChecks } from './checks/documents'
import { instanceChecks } from './checks/instance'
import { measurementChecks } from './checks/measurements'
import { networkChecks } from './checks/network'
import { keyCheck, permissionChecks } from './checks/permissions'
import { sessionChecks } from './checks/session'
import { unknown, type Check, type DoctorRequest } from './parts'

/** In place of the session where no instance was named. */
const noSession: Check = {
  id: 'session.none',
  group: 'session',
  title: 'Session',
  needs: [identityCheck.id],
  limitMs: 1_000,
  run: () =>
    Promise.resolve(
      unknown('No instance was named, so no session was opened.', {
        next: 'Name one, to see whether sessions can be started, resumed and ended.',
      }),
    ),
}

/** The checks for a request. */
export function checksFor({ target, port, isProbing }: DoctorRequest): readonly Check[] {
  const common = [
    filesCheck,
    profileCheck,
    endpointsCheck,
    ...networkChecks,
    ...credentialChecks,
    ...permissionChecks,
    ...documentChecks,
    keyCheck,
  ]
  if (target === undefined) return [...common, noSession]
  return [...common, ...instanceChecks, ...sessionChecks(port !== undefined), ...(isProbing ? measurementChecks : [])]
}
