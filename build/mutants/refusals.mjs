// Mutants of what AWS refuses: sessions that may not be resumed or ended, names of roles; see ../mutants.mjs.

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const refusalMutants = [
  {
    name: 'a resume that is not allowed ends the tunnel',
    edits: [['electron/aws/errors/denied.ts', 'thrown.action !== RESUME', "thrown.action !== ''"]],
    tests: ['electron/aws/errors/denied.test.ts', 'electron/core/tunnels/denied.test.ts', 'e2e/denied.test.ts'],
  },
  {
    name: 'an end that is not allowed is told each time',
    edits: [['electron/core/environments/unended.ts', 'isTold = true', 'isTold = false']],
    tests: ['electron/core/environments/unended.test.ts', 'e2e/denied.test.ts'],
  },
]
