// The command of ephemeral sessions, in the table of commands.

import type { CommandSpec } from '../spec'
import { recordNotes, recordOption } from './record'

/** See table.ts. */
export const ephemeralCommands = {
  ephemeral: {
    summary: 'Start a container like those of an ECS service for one session, which ends with it.',
    positionals: ['SERVICE'],
    optionalRest: 'CMD [ARG…]',
    notes: [
      'SERVICE: CLUSTER/SERVICE, ecs:CLUSTER/SERVICE[/CONTAINER], or the name of the only such service.',
      'It has the task definition, network, role and capacity of the service, but a size of its own: 1,024 MiB unless said',
      'otherwise. It is none of the running containers: their processes and files are not in it. It is not restarted.',
      'The container ends with the session, at the latest when its time is over, used or not; if this computer stops or its',
      'network is gone for good, once the lease in the settings of the app (20 min) is over.',
      'The exit status is that of the command. --env and the command can be read by ecs:DescribeTasks and in CloudTrail.',
      ...recordNotes,
    ],
    options: [
      {
        name: 'container',
        kind: 'value',
        placeholder: 'NAME',
        help: 'of the task definition; else the first essential',
      },
      { name: 'command', kind: 'value', placeholder: 'C', help: 'run this by sh in it; else /bin/sh' },
      { name: 'memory', kind: 'value', placeholder: 'MIB', help: 'memory; else 1024. Rounded up to what Fargate has' },
      { name: 'cpu', kind: 'value', placeholder: 'N', help: 'units of 1/1024 processor; else what fits the memory' },
      { name: 'ttl', kind: 'value', placeholder: 'SPAN', help: "30m, 8h, 7d: its time; else the environment's, or 7d" },
      { name: 'env', kind: 'list', placeholder: 'K=V', help: 'a variable; repeat for more of them' },
      { name: 'derive', kind: 'flag', help: 'register a task definition for an image that ignores its command' },
      recordOption,
      { name: 'yes', kind: 'flag', help: 'start without asking' },
    ],
  },
} as const satisfies Record<string, CommandSpec>
