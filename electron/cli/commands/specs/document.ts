// The options that name a session document: the same for every command that starts a session.

import type { OptionSpec } from '../spec'

/** `--document` and `--parameters`. */
export const documentOptions: readonly OptionSpec[] = [
  {
    name: 'document',
    kind: 'value',
    placeholder: 'NAME',
    help: "session document instead of the environment's or AWS's",
  },
  {
    name: 'parameters',
    kind: 'list',
    placeholder: 'P',
    help: 'its parameters: JSON, or key=value[,value]; repeatable',
  },
]
