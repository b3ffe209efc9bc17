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
  {
    name: 'a role has a new name at each renewal',
    edits: [
      [
        'electron/aws/credentials/sessionname.ts',
        'return `culvert-${readable}-${digest.slice(0, DIGITS)}`',
        'return `culvert-${readable}-${digest.slice(0, DIGITS)}-${process.hrtime.bigint()}`',
      ],
    ],
    tests: ['electron/aws/credentials/sessionname.test.ts', 'e2e/rolesessions.test.ts'],
  },
  {
    name: 'the name of a web identity is not ours',
    edits: [
      [
        'electron/aws/credentials/chain.ts',
        "const RoleSessionName = await means.sessionName(name, values['role_session_name'])",
        "const RoleSessionName = values['role_session_name'] ?? `aws-sdk-js-${Date.now()}`",
      ],
    ],
    tests: ['electron/aws/credentials/chain.test.ts', 'e2e/rolesessions.test.ts'],
  },
  {
    name: 'each process makes its own id of the installation',
    edits: [['electron/core/store/installation.ts', '  return made\n', '  return id\n']],
    tests: ['electron/core/store/installation.test.ts'],
  },
  {
    name: 'a proxy that refuses the data channel is taken for AWS',
    edits: [['electron/core/sessions/refusal.ts', ' || error.isByAws', ' || error.status > 0']],
    tests: ['electron/core/sessions/refusal.test.ts', 'electron/core/tunnels/denied.test.ts'],
  },
]
