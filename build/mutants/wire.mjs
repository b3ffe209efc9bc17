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
  {
    name: 'a raw + of the query is signed as %2B',
    edits: [
      [
        'electron/aws/signing.ts',
        'query: parseQuery(url.search.slice(1), plus)',
        "query: parseQuery(url.search.slice(1), 'plus')",
      ],
    ],
    tests: ['e2e/signingvectors.test.ts', 'electron/core/sessions/upgrade.test.ts'],
  },
  {
    name: 'the simulator verifies a raw + as %2B',
    edits: [
      [
        'electron/simulator/api/signature.ts',
        "const { credentials, region, now, plus = 'space', allowsPresign = false } = expected",
        "const { credentials, region, now, allowsPresign = false } = expected\n  const plus = 'plus'",
      ],
    ],
    tests: ['e2e/signingvectors.test.ts', 'electron/simulator/gateway/gateway.test.ts'],
  },
  {
    name: 'the form of the upgrade that worked is forgotten',
    edits: [['electron/aws/upgradeforms.ts', '    this.#worked.set(url.host, form)\n', '']],
    tests: ['electron/aws/upgradeforms.test.ts', 'electron/core/sessions/upgrade.test.ts'],
  },
  {
    name: 'a refused upgrade is not tried in another form',
    edits: [['electron/core/sessions/connect.ts', "error.code !== 'upgrade-refused'", "error.code !== 'network'"]],
    tests: ['electron/core/sessions/upgrade.test.ts', 'electron/core/sessions/connect.test.ts'],
  },
  {
    name: 'a key that is denied with the challenge is not asked for without',
    edits: [
      [
        'electron/ssm/handshake/keyexchange.ts',
        "error.code !== 'access-denied') throw error",
        'error.code) throw error',
      ],
    ],
    tests: ['e2e/encryption.test.ts'],
  },
  {
    name: 'a resume without an address ends the session',
    edits: [['electron/aws/calls.ts', 'const bare = answer.StreamUrl ?', 'const bare = 0 < 1 ?']],
    tests: ['e2e/sessions.test.ts'],
  },
  {
    name: 'the environment forgets the endpoint of ssmmessages',
    edits: [['electron/core/environments/records.ts', 'return service.messageEndpoint', 'return undefined']],
    tests: ['electron/core/environments/messageendpoint.test.ts'],
  },
  {
    name: 'the query of a replaced host is re-encoded',
    edits: [['electron/ssm/streamurl.ts', '() => messageEndpoint)', "() => messageEndpoint).replaceAll('+', '%2B')"]],
    tests: ['electron/ssm/streamurl.test.ts', 'electron/core/environments/messageendpoint.test.ts'],
  },
]
