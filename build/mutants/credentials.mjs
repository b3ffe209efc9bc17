// Mutants of the credential chain and of what stands around it; see ../mutants.mjs.

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const credentialMutants = [
  {
    name: 'a hiccup of an SSO refresh is taken for an ended login',
    edits: [
      [
        'electron/aws/credentials/sso.ts',
        'if (!(error instanceof LoginRefusal)) throw error',
        'if (!(error instanceof LoginRefusal)) throw endedError(call.source, error)',
      ],
    ],
    tests: ['electron/aws/credentials/sso.test.ts'],
  },
  {
    name: 'a page of a captive portal is taken for a refusal of AWS',
    edits: [
      [
        'electron/aws/credentials/loginservice.ts',
        'if (status >= 400 && code !== undefined) return undefined',
        'if (status >= 400) return undefined',
      ],
    ],
    tests: ['electron/aws/credentials/sso.test.ts'],
  },
  {
    name: 'a refreshed SSO token replaces a symbolic link',
    edits: [['electron/aws/credentials/ssocache.ts', 'isSymbolicLink() ?', 'isFIFO() ?']],
    tests: ['electron/aws/credentials/sso.test.ts'],
  },
  {
    name: 'the state of a login is not looked at',
    edits: [['electron/aws/login/callback.ts', "if (!isSame(searchParams.get('state') ?? '', state))", 'if (false)']],
    tests: ['electron/aws/login/callback.test.ts'],
  },
  {
    name: 'any https page may be opened for a login',
    edits: [['electron/aws/login/page.ts', ' && isLoginHost(url.hostname, region)', '']],
    tests: ['electron/aws/login/page.test.ts'],
  },
  {
    name: 'a second login does not wait for the first',
    edits: [
      ['electron/aws/login/lockfile.ts', 'if (await made(path, text)) break', 'await made(path, text)\n      break'],
    ],
    tests: ['electron/aws/login/lockfile.test.ts', 'electron/aws/login/login.test.ts'],
  },
  {
    name: 'the simulator takes any PKCE verifier',
    edits: [['electron/simulator/oidc/grants.ts', 'known.challenge !== challenge', 'known.challenge === undefined']],
    tests: ['electron/simulator/oidc/identitycenter.test.ts'],
  },
  {
    name: 'AWS_REGION beats the region that is shown for a profile',
    edits: [
      [
        'renderer/frame/environment/menu.ts',
        '...(profile.region === undefined ? {} : { region: profile.region }),',
        '...(profile.region === undefined ? {} : {}),',
      ],
    ],
    tests: ['renderer/frame/environment/menu.test.ts'],
  },
  {
    name: 'a denied tag call is repeated for each hybrid node',
    edits: [
      [
        'electron/aws/nodetags.ts',
        'if (isGone(error)) return []',
        "if (isGone(error) || (error instanceof AppError && error.code === 'access-denied')) return []",
      ],
    ],
    tests: ['electron/aws/nodetags.test.ts'],
  },
  {
    name: 'a tag filter that Systems Manager refuses fails the list',
    edits: [['electron/aws/tagfilters.ts', 'if (!isRefusal(error)) throw error', 'throw error']],
    tests: ['electron/aws/tagfilters.test.ts'],
  },
  {
    name: 'the escape of a shell leaves anywhere in a line',
    edits: [['electron/cli/escapes.ts', 'isAfterEnter && key === TILDE', 'key === TILDE']],
    tests: ['electron/cli/escapes.test.ts'],
  },
]
