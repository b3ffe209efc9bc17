// Mutants of ephemeral sessions. See build/mutants.mjs.

const watcher = ['electron/core/ephemeral/watcher.test.ts']
const session = ['electron/core/ephemeral/session.test.ts']

export const ephemeralMutants = [
  {
    name: 'the watcher takes another process with the same id for the shell',
    edits: [['electron/core/ephemeral/watcher.ts', '[ "\\${20}" = "$s" ]', 'true']],
    tests: watcher,
  },
  {
    name: 'the watcher ends a shell that carries no beat',
    edits: [['electron/core/ephemeral/watcher.ts', '[ "$f" != alone ] && ', '']],
    tests: watcher,
  },
  {
    name: 'the watcher ends late at StopTask',
    edits: [['electron/core/ephemeral/watcher.ts', 'wait "$!"', 'true']],
    tests: watcher,
  },
  {
    name: 'the container of an ephemeral session does not outlive its session',
    edits: [['electron/core/ephemeral/watcher.ts', 'LINGER_SECONDS = 15', 'LINGER_SECONDS = 0']],
    tests: watcher,
  },
  {
    name: 'the terminal of an ephemeral session shows nothing behind its proof',
    edits: [['electron/core/terminals/batch.ts', '  output.resume()\n}', '}']],
    tests: ['electron/core/ephemeral/ephemerals.test.ts'],
  },
  {
    name: 'a further session of an ephemeral terminal has the operation of the one before',
    edits: [
      [
        'electron/core/ephemeral/ephemerals.ts',
        'opening.then(({ ended }) => ended.then(renew, renew), renew)',
        'opening',
      ],
    ],
    tests: ['electron/core/ephemeral/ephemerals.test.ts'],
  },
  {
    name: 'a lost beat of an ephemeral session is not opened again',
    edits: [['electron/core/ephemeral/beat.ts', 'if (!this.#life.signal.aborted) void this.#again()', '']],
    tests: session,
  },
  {
    name: 'the limit of ephemeral sessions offers those of others',
    edits: [
      ['electron/cli/commands/ephemerallimit.ts', "filter(({ holder }) => holder !== 'others')", 'filter(() => true)'],
    ],
    tests: ['electron/cli/commands/ephemerallimit.test.ts'],
  },
  {
    name: 'Ctrl-C takes the status of a command',
    edits: [['electron/core/ephemeral/watcher.ts', 'trap : INT QUIT', ':']],
    tests: watcher,
  },
  {
    name: 'a pair of Fargate has less memory than was asked for',
    edits: [['electron/core/ephemeral/sizes.ts', 'Math.ceil(Math.max(0,', 'Math.floor(Math.max(0,']],
    tests: ['electron/core/ephemeral/sizes.test.ts'],
  },
  {
    name: 'a task whose RunTask was not answered is left alone',
    edits: [
      ['electron/core/ephemeral/task.ts', 'signal.aborted || UNKNOWN_OUTCOME.has(asAppError(error).code)', 'false'],
    ],
    tests: session,
  },
  {
    name: 'a task that a living process holds is ended by the next start',
    edits: [['electron/core/ephemeral/leftovers.ts', 'dead.filter(({ isAlive }) => !isAlive)', '[...dead]']],
    tests: ['electron/core/ephemeral/leftovers.test.ts'],
  },
  {
    name: 'ephemeral sessions count in one cluster only',
    edits: [['electron/core/ephemeral/limits.ts', ', ...clusters])', '])']],
    tests: ['electron/core/ephemeral/leftovers.test.ts'],
  },
]
