// The commands of saved targets in the table of commands.

import type { CommandSpec } from '../spec'
import { hostOptions } from './target'

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
  'targets authorize': {
    summary: 'Authorize one session to a saved target, and print a token that "culvert connect" redeems once.',
    positionals: ['NAME'],
    notes: [
      'Environment, set, port, host, document, connection limit and maximum duration are those of the saved target.',
      'The running Culvert (window or web page) keeps the authorization, see: culvert authorize --help.',
      'To keep it in a command of its own:  culvert authorize target:NAME --hold',
      directory,
    ],
    isLocal: true,
    options: [
      ...hostOptions,
      {
        name: 'connection-limit',
        kind: 'value',
        placeholder: 'N',
        help: "connections in all, not at once; no more than the target's",
      },
      {
        name: 'expires',
        kind: 'value',
        placeholder: 'SPAN',
        help: "30m, 8h, 2d: when all ends; no later than the target's",
      },
      { name: 'reason', kind: 'value', placeholder: 'TEXT', help: "reason kept in the session's history" },
      json,
    ],
  },
} as const satisfies Record<string, CommandSpec>
