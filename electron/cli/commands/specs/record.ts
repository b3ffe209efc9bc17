// The option of commands whose output is recorded, and what their help says of recordings.

import type { OptionSpec } from '../spec'

/** Records the output of one session. */
export const recordOption: OptionSpec = {
  name: 'record',
  kind: 'value',
  placeholder: 'FILE',
  help: 'record the output in a new file (asciicast v2)',
}

/** Lines of the help. */
export const recordNotes: readonly string[] = [
  'Where the settings of the app record or drain an environment, the running Culvert gets the output of this command, too.',
]
