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
]
