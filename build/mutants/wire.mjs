// Mutants of what AWS's front door looks at: versions, signatures, stream addresses; see ../mutants.mjs.

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const wireMutants = [
  {
    name: 'a version of the plugin that AWS refuses',
    edits: [['electron/ssm/codec/version.ts', "'1.2.896.0'", "'1.2.707.0'"]],
    tests: ['electron/simulator/gateway/clientversion.test.ts'],
  },
  {
    name: 'the simulator lets old clients in',
    edits: [['electron/simulator/gateway/gateway.ts', 'if (!this.#options.allowsOldClients &&', 'if (0 > 1 &&']],
    tests: ['electron/simulator/gateway/clientversion.test.ts'],
  },
]
