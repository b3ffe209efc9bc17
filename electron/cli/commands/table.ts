// The commands and their options, as data: parsing, help and usage errors all come from this one table.
//
// A command of two words ("sessions list") has both in its name. Commands that belong together have a file of their own in specs/.

import type { CommandSpec, OptionSpec } from './spec'
import { authorizeCommands } from './specs/authorize'
import { ephemeralCommands } from './specs/ephemeral'
import { commandOption, containersOption } from './specs/containers'
import { recordNotes, recordOption } from './specs/record'
import { hostOptions, targetNotes } from './specs/target'
import { documentOptions } from './specs/document'
import { sessionCommands } from './specs/sessions'
import { targetCommands } from './specs/targets'

const profile: OptionSpec = {
  name: 'profile',
  kind: 'value',
  placeholder: 'NAME',
  help: 'AWS profile; else AWS_PROFILE or "default"',
}

/** Options of every command that opens an environment. */
const environmentOptions: readonly OptionSpec[] = [
  profile,
  { name: 'region', kind: 'value', placeholder: 'REGION', help: "AWS region; else AWS_REGION or the profile's" },
  { name: 'endpoint-url', kind: 'value', placeholder: 'URL', help: 'use this endpoint instead of those of AWS' },
  { name: 'ssmmessages-endpoint', kind: 'value', placeholder: 'URL', help: 'the same for the data of sessions' },
  { name: 'demo', kind: 'flag', help: 'use the Demo environment on this computer; needs no AWS account' },
  { name: 'reason', kind: 'value', placeholder: 'TEXT', help: "reason kept in the session's history (256 characters)" },
]

const commonOptions: readonly OptionSpec[] = [
  { name: 'help', kind: 'flag', help: 'show this help' },
  { name: 'version', kind: 'flag', help: 'show the version' },
]

const ending = 'When its credentials end, "culvert credentials --pid N" gives it new ones (culvert credentials --help).'

const running = [
  'NAME is the name of a saved forward. No environment is opened here: the window or the web page does it, and must run.',
  'CULVERT_DATA_DIR says which one, where it is not the usual one.',
]

/** All commands, in the order of the help. */
export const commands = {
  ls: {
    summary: 'List instances and whether their agents answer, or containers.',
    positionals: [],
    notes: [],
    options: [
      { name: 'tag', kind: 'list', placeholder: 'K=V', help: 'only instances with this tag; repeat for more of them' },
      containersOption,
      { name: 'json', kind: 'flag', help: 'print a JSON array' },
    ],
  },
  shell: {
    summary: 'Open a shell on an instance or in a container.',
    positionals: ['TARGET'],
    notes: [
      ...targetNotes,
      'With a pipe for stdin, its bytes are typed into the shell, which ends after the last one.',
      'On a terminal, after Enter:  ~.  leaves the shell    ~?  lists these    ~~  types one ~',
      ...recordNotes,
    ],
    options: [
      ...hostOptions,
      ...documentOptions,
      commandOption,
      { name: 'escape', kind: 'value', placeholder: 'none', help: 'none: every ~ goes to the instance' },
      recordOption,
    ],
  },
  exec: {
    summary: 'Run a command on an instance and exit with its status.',
    positionals: ['TARGET'],
    rest: 'CMD [ARG…]',
    notes: [
      ...targetNotes,
      'Output comes when the command has ended, with stderr merged into stdout; a --document that separates the two',
      'streams both as they come. Arguments arrive as they are: for a pipeline, run sh -c "…".',
      ...recordNotes,
    ],
    options: [...hostOptions, ...documentOptions, recordOption],
  },
  forward: {
    summary: 'Forward a local port to a port of an instance, or of a host that it reaches.',
    positionals: ['TARGET'],
    notes: [
      ...targetNotes,
      'Runs until SIGINT, SIGTERM, SIGHUP or a closed stdout, then ends its session and exits with 0.',
      'On a set it moves to another host, on the same port, when its own is gone, or its agent is away for longer than',
      '"Move to another host after" in the settings of the app says (60 s).',
      ending,
    ],
    options: [
      ...hostOptions,
      ...documentOptions,
      { name: 'remote-port', kind: 'value', placeholder: 'N', help: 'port to connect to (required)' },
      { name: 'host', kind: 'value', placeholder: 'HOST', help: 'host to connect to from the instance; else itself' },
      { name: 'local-port', kind: 'value', placeholder: 'N', help: 'local port; else a free one' },
      { name: 'json', kind: 'flag', help: 'print one JSON object a line' },
    ],
  },
  'ssh-proxy': {
    summary: 'Carry stdin and stdout to a port of an instance, for ssh.',
    positionals: ['TARGET', 'PORT'],
    notes: [
      ...targetNotes,
      'In ~/.ssh/config:  Host i-* mi-*',
      '                     ProxyCommand culvert ssh-proxy %h %p',
      'For Names and sets:  Host Name=* asg:* target:*',
      "                     ProxyCommand culvert ssh-proxy '%n' %p",
      'ssh makes %h lower case, and takes no comma in a host: save such a set as a target and use target:NAME.',
      ending,
    ],
    options: [...hostOptions, ...documentOptions],
  },
  ...ephemeralCommands,
  ...authorizeCommands,
  ...sessionCommands,
  login: {
    summary: 'Log in to IAM Identity Center (SSO) for a profile, in the browser. The AWS CLI is not needed.',
    positionals: [],
    notes: [
      'The login is kept in ~/.aws/sso/cache, where all tools of AWS find it. What waits for it goes on by itself.',
      'On a computer without a browser a code is shown, to be compared in the browser of another one.',
    ],
    isLocal: true,
    options: [
      profile,
      { name: 'device', kind: 'flag', help: 'by a code, in the browser of any computer' },
      { name: 'no-browser', kind: 'flag', help: 'print the address instead of opening the browser' },
      { name: 'json', kind: 'flag', help: 'print one JSON object a line' },
    ],
  },
  doctor: {
    summary: 'Find out what is wrong between here and an instance.',
    positionals: [],
    optional: 'TARGET',
    notes: [
      ...targetNotes,
      'Prints a line for each check: passed, FAILED or not known, what was seen and what to do. With TARGET a session is',
      'opened, resumed once and ended; nothing else is changed. Without --port the session is a shell. The end is a text to',
      'paste into an issue, with names and ids masked. Exit status: 1 where a check has failed, else 0.',
    ],
    options: [
      ...hostOptions,
      {
        name: 'port',
        kind: 'value',
        placeholder: 'N',
        help: "try this port of the instance, or of --host, through the session; else a saved target's",
      },
      { name: 'host', kind: 'value', placeholder: 'HOST', help: 'host that the instance shall reach; needs --port' },
      {
        name: 'probe',
        kind: 'flag',
        help: 'also measure rates and limits in a shell of Linux: 1 min and 50 MB at most; asks',
      },
      { name: 'yes', kind: 'flag', help: 'measure without asking' },
      { name: 'json', kind: 'flag', help: 'print one JSON object a line' },
    ],
  },
  up: {
    summary: 'Turn on a saved forward of the running Culvert, and wait until it is up.',
    positionals: ['NAME'],
    notes: running,
    isLocal: true,
    options: [],
  },
  down: {
    summary: 'Turn off a saved forward of the running Culvert.',
    positionals: ['NAME'],
    notes: running,
    isLocal: true,
    options: [],
  },
  credentials: {
    summary: 'Hand new credentials over to the running Culvert, whose own have ended.',
    positionals: [],
    optional: '-',
    notes: [
      'Takes AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_CREDENTIAL_EXPIRATION of its environment.',
      'With - it reads JSON from stdin, as a credential_process prints it:',
      '    aws configure export-credentials --profile NAME | culvert credentials -',
      'They must be of the same account and role. What waits for them goes on at once; they are kept in memory only.',
      'Goes to the window or the web page; CULVERT_DATA_DIR says which one, where it is not the usual one.',
    ],
    isLocal: true,
    options: [
      { name: 'pid', kind: 'value', placeholder: 'N', help: 'hand them over to this "ssh-proxy" or "forward" instead' },
      {
        name: 'environment',
        kind: 'value',
        placeholder: 'NAME',
        help: 'the environment that they are for; needed where several are open',
      },
    ],
  },
  ...targetCommands,
} as const satisfies Record<string, CommandSpec>

/** The name of a command. */
export type CommandName = keyof typeof commands

/** Whether `text` names a command. */
export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(commands, text)
}

/** A command's part of the table. */
export function specOf(command: CommandName): CommandSpec {
  return commands[command]
}

/** Options of `command`; without one, those of every command that opens an environment. */
export function optionsOf(command: CommandName | undefined): readonly OptionSpec[] {
  if (command === undefined) return [...environmentOptions, ...commonOptions]
  const { options, isLocal } = specOf(command)
  return [...options, ...(isLocal === true ? [] : environmentOptions), ...commonOptions]
}

/** The commands of two words that begin with `group`: "sessions" has "sessions list" and others. */
export function commandsOf(group: string): readonly CommandName[] {
  return Object.keys(commands)
    .filter(isCommandName)
    .filter((name) => name.startsWith(`${group} `))
}
