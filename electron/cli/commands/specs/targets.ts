// The commands of saved targets in the table of commands.

import type { CommandSpec } from '../spec'

const directory = 'CULVERT_DATA_DIR says which data directory is read, where it is not the usual one.'
const json = { name: 'json', kind: 'flag', help: 'print JSON' } as const

/** See table.ts. */
export const targetCommands = {
  'targets list': {
    summary: 'List the saved targets.',
    positionals: [],
    notes: [directory],
    isLocal: true,
    options: [json],
  },
  'targets read': {
    summary: 'Show one saved target.',
    positionals: ['NAME'],
    notes: ['Use it as a TARGET by its name, or by target:NAME.', directory],
    isLocal: true,
    options: [json],
  },
} as const satisfies Record<string, CommandSpec>
