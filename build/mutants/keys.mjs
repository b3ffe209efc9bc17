// Mutants of the end of keys, of other keys that take their place, and of the way on which they are handed over; see ../mutants.mjs.

const replacementTests = ['electron/aws/credentials/credentials.replacement.test.ts']

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const keyMutants = [
  {
    name: 'keys of another role are taken',
    edits: [
      [
        'electron/aws/credentials/replacement.ts',
        "if (before !== undefined && kin === 'other') {",
        "if (before !== undefined && kin === 'same' && before === after) {",
      ],
    ],
    tests: replacementTests,
  },
  {
    name: 'keys of AWS_PROFILE are taken unasked',
    edits: [
      [
        'electron/aws/credentials/credentials.ts',
        "replacement.profile ?? (env['CULVERT_FALLBACK_PROFILE'] || undefined)",
        "replacement.profile ?? (env['CULVERT_FALLBACK_PROFILE'] || env['AWS_PROFILE'])",
      ],
    ],
    tests: replacementTests,
  },
  {
    name: 'the owner of keys that end is not learned while they live',
    edits: [
      [
        'electron/aws/credentials/replacement.ts',
        'this.#looks === MAX_LOOKS) return',
        'this.#looks < MAX_LOOKS) return',
      ],
    ],
    tests: replacementTests,
  },
  {
    name: 'handed-over keys outlive their refusal',
    edits: [['electron/aws/credentials/replacement.ts', 'this.handed = undefined', 'this.handed = keys']],
    tests: replacementTests,
  },
  {
    name: 'a slow look-up takes the place of other keys',
    edits: [['electron/aws/credentials/renewal.ts', 'if (isNewest()) this.#hold(identity)', 'this.#hold(identity)']],
    tests: ['electron/aws/credentials/renewal.replaced.test.ts'],
  },
  {
    name: 'a role over keys that end counts as lasting',
    edits: [
      [
        'electron/aws/credentials/providers.ts',
        'return overSource(keys, source.outlook)',
        'return overSource(keys, undefined)',
      ],
    ],
    tests: ['electron/aws/credentials/credentials.outlook.test.ts'],
  },
  {
    name: 'the end of a login that cannot be refreshed is not known',
    edits: [
      [
        'electron/aws/credentials/sso.ts',
        'return loginEndsAt === undefined ? found : unrenewed(found, Math.max(loginEndsAt, expiration))',
        'return loginEndsAt === undefined ? found : found',
      ],
    ],
    tests: ['electron/aws/credentials/sso.test.ts'],
  },
  {
    name: 'keys are sent into a folder that others can use',
    edits: [['electron/core/lock/socketpath.ts', '&& (folder.mode & OTHERS) === 0 &&', '&&']],
    tests: ['electron/core/lock/processsocket.test.ts'],
  },
  {
    name: 'new keys wake nothing',
    edits: [
      [
        'electron/core/environments/environment.ts',
        'const taken = await service.otherKeys.take(keys, signal)\n      wake()',
        'const taken = await service.otherKeys.take(keys, signal)',
      ],
    ],
    tests: ['electron/core/handed.test.ts'],
  },
]
