// The commands that authorize a session here and connect to it elsewhere, in the table of commands.

import { documentOptions } from './document'
import type { CommandSpec } from '../spec'
import { hostOptions, targetNotes } from './target'

/** See table.ts. */
export const authorizeCommands = {
  authorize: {
    summary: 'Authorize one session to an instance, and print a token that "culvert connect" redeems once.',
    positionals: ['TARGET'],
    notes: [
      ...targetNotes,
      'With target:NAME and no session named, port, host, document and limits are those of the saved target.',
      'No session is started before the token is redeemed. The running Culvert (window or web page) keeps the authorization,',
      'in memory: it has the keys, holds limit and expiry, and ends the session. With --hold this command does so itself.',
      'The environment is that of --profile and --region, else of AWS_PROFILE and AWS_REGION, else the default profile, as for',
      'every command: not the one that the window shows. The running Culvert does not see other variables of this shell, such',
      'as AWS_ACCESS_KEY_ID: look at Scope and User ID, or add --hold. "culvert sessions cancel pending:…" revokes the token.',
      'The token is a secret: with it any program of this user opens the session. Pass it by a pipe or a file of mode 0600.',
      'With --portable the session is started now, for another computer: culvert authorize … --portable | ssh HOST culvert',
      'connect --authz -. A port must be connected to within 15 s. Nothing is resumed, and a KMS-encrypted shell does not open.',
    ],
    options: [
      ...hostOptions,
      { name: 'remote-port', kind: 'value', placeholder: 'N', help: 'forward this port of the instance, or of --host' },
      { name: 'host', kind: 'value', placeholder: 'HOST', help: 'host to connect to from the instance; else itself' },
      { name: 'ssh', kind: 'value', placeholder: 'PORT', help: 'raw connections to this port, a session for each' },
      { name: 'shell', kind: 'flag', help: 'a shell' },
      {
        name: 'connection-limit',
        kind: 'value',
        placeholder: 'N',
        help: 'connections in all, not at once; else 1; none: no limit',
      },
      { name: 'expires', kind: 'value', placeholder: 'SPAN', help: '30m, 8h, 2d: when all ends; else 8h, at most 7d' },
      { name: 'hold', kind: 'flag', help: 'keep it in this command, until its session is over or Ctrl-C' },
      { name: 'portable', kind: 'flag', help: 'start the session now; the token opens it from any computer' },
      ...documentOptions,
      { name: 'json', kind: 'flag', help: 'print one JSON object' },
    ],
  },
  connect: {
    summary: 'Redeem an authorization token: listen on a port for its session, or open its shell.',
    positionals: [],
    notes: [
      'Needs no AWS account, no profile and no variables: it runs with an empty environment.',
      'The token comes by stdin or from a file, never on the command line, where other users would see it.',
      'Runs until the session is over, or until SIGINT, SIGTERM or SIGHUP, which ends the session.',
    ],
    isLocal: true,
    options: [
      {
        name: 'authz',
        kind: 'value',
        placeholder: '-',
        help: '-: read the token, or all that authorize prints, from stdin',
      },
      {
        name: 'authz-file',
        kind: 'value',
        placeholder: 'FILE',
        help: 'read it from a file, which should have mode 0600',
      },
      { name: 'local-port', kind: 'value', placeholder: 'N', help: 'local port; else a free one' },
      {
        name: 'endpoint-url',
        kind: 'value',
        placeholder: 'URL',
        help: "for a portable token of the Demo: the Demo's address",
      },
      { name: 'escape', kind: 'value', placeholder: 'none', help: 'none: every ~ goes to the instance' },
      { name: 'json', kind: 'flag', help: 'print one JSON object a line' },
    ],
  },
} as const satisfies Record<string, CommandSpec>
