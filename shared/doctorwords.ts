// The words of the doctor: the same in the window and on the command line.

import type { DoctorGroup, DoctorOutcome } from './model/doctor'

/** The titles of the parts of the list. */
export const GROUP_TITLES: Readonly<Record<DoctorGroup, string>> = {
  configuration: 'Configuration',
  network: 'Network',
  credentials: 'Credentials',
  permissions: 'Permissions and documents',
  instance: 'Instance',
  session: 'Session',
  measurements: 'Measurements',
}

/** The outcomes; a failure stands out on a terminal without colours. */
export const OUTCOME_WORDS: Readonly<Record<DoctorOutcome, string>> = {
  passed: 'passed',
  failed: 'FAILED',
  unknown: 'not known',
}
