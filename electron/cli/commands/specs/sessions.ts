// The commands about the sessions of the account, as data.

import type { CommandSpec, OptionSpec } from '../spec'

const whose = 'An environment is one profile and region: name another one with --profile and --region.'

const yes: OptionSpec = { name: 'yes', kind: 'flag', help: 'end them without asking' }

/** `culvert sessions …` */
export const sessionCommands = {
  'sessions list': {
    summary: 'List the sessions of the account: active, and ended in the last 24 hours.',
    positionals: [],
    notes: [
      'Newest first. AWS keeps ended sessions for 30 days. The holder of a session is one of:',
      '    mine               started by this identity',
      '    left-over          started by this installation, in a process that is dead',
      '    another-computer   started by this identity with another installation of Culvert',
      '    others             started by another identity',
      'An authorization of this computer (culvert authorize) that no session has redeemed yet is listed as pending:RECORD.',
      whose,
    ],
    options: [
      { name: 'active', kind: 'flag', help: 'active sessions only' },
      { name: 'history', kind: 'flag', help: 'ended sessions only' },
      { name: 'mine', kind: 'flag', help: 'only those that this identity has started' },
      { name: 'target', kind: 'value', placeholder: 'T', help: 'only those to this instance id or Name' },
      {
        name: 'owner',
        kind: 'value',
        placeholder: 'O',
        help: 'only those of this ARN, user or session name; me: --mine',
      },
      { name: 'since', kind: 'value', placeholder: '2h', help: 'ended sessions of this time: m, h or d; 30d at most' },
      { name: 'json', kind: 'flag', help: 'print a JSON array' },
    ],
  },
  'sessions read': {
    summary: 'Tell everything that is known of one session, with its states and their times.',
    positionals: ['ID'],
    notes: [
      'States come from the ledger of this installation, newest first; of other sessions AWS knows the start and the end.',
      whose,
    ],
    options: [{ name: 'json', kind: 'flag', help: 'print a JSON object' }],
  },
  'sessions cancel': {
    summary: 'End sessions, and wait until AWS says that they have ended.',
    positionals: [],
    many: 'ID',
    notes: [
      'Takes ids, or --mine, or --left-over. On a terminal it asks first, with names and counts; elsewhere --yes is needed.',
      'A forward whose session is ended opens a new one: turn it off instead (culvert down NAME).',
      'pending:RECORD revokes an authorization: its token opens nothing any more.',
      'Needs ssm:TerminateSession on the ARN of each session. Exit status: 1 where one could not be ended, else 0.',
      whose,
    ],
    options: [
      { name: 'mine', kind: 'flag', help: 'every active session of this identity, also of other computers' },
      { name: 'left-over', kind: 'flag', help: 'those of this installation whose process is dead' },
      yes,
      { name: 'json', kind: 'flag', help: 'print one JSON object a line' },
    ],
  },
} as const satisfies Record<string, CommandSpec>
