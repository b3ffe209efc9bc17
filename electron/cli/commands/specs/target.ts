// What the help says of TARGET, and the options that choose one host of a set: the same for every command with a TARGET.

import type { OptionSpec } from '../spec'

/** Lines of the help of every command with a TARGET. */
export const targetNotes: readonly string[] = [
  'TARGET is an instance id (i-…, mi-…), the Name of exactly one instance, or a set, of which one host is chosen:',
  "  'Name=web-*'   tag:Role=db,Env=prod   asg:GROUP   i-…,i-…   target:NAME (saved; its name alone will do, too)",
  '  or a container of Amazon ECS:  ecs:CLUSTER/SERVICE[/CONTAINER]   ecs:CLUSTER/TASK[/CONTAINER]',
  '  Commas mean "and" between tags and "or" between ids; * stands for any text in a value; \\ takes the meaning of',
  '  * , = and \\ away. A host must run with its agent online. A set without such a host says why, host by host.',
  '  Where the agent of the chosen host is not connected, another host is tried. --host-id names one for good.',
  '  A saved target gives port, host and document where none is named; its maximum duration ends the session.',
]

/** Options of every command with a TARGET. */
export const hostOptions: readonly OptionSpec[] = [
  {
    name: 'choose',
    kind: 'value',
    placeholder: 'HOW',
    help: 'host of a set: random (else), sticky (the last one while it is good), newest',
  },
  { name: 'host-id', kind: 'value', placeholder: 'ID', help: 'this host of the set' },
]
