// The options of containers in the commands that have them.

import type { OptionSpec } from '../spec'

/** `--containers` of `ls`. */
export const containersOption: OptionSpec = {
  name: 'containers',
  kind: 'flag',
  help: 'list the containers of Amazon ECS, by cluster and service',
}

/** `--command` of `shell`. */
export const commandOption: OptionSpec = {
  name: 'command',
  kind: 'value',
  placeholder: 'C',
  help: 'run this in a container; else what the app has for its service, or /bin/sh',
}
