// Mutants of the resume ahead of the end of keys. See build/mutants.mjs.

export const aheadMutants = [
  {
    name: 'no resume ahead of an unknown end of the keys',
    edits: [
      [
        'electron/core/sessions/resume/ahead.ts',
        'return dueAt >= recycleAt ? undefined : Math.max(dueAt, retryAt)',
        'return undefined',
      ],
    ],
    tests: ['e2e/ahead.test.ts'],
  },
  {
    name: 'a resume ahead that comes after the end of the keys',
    edits: [
      [
        'electron/core/sessions/resume/ahead.ts',
        'endsAt - LEAD_MINUTES * minuteMs',
        'endsAt + LEAD_MINUTES * minuteMs',
      ],
    ],
    tests: ['electron/core/sessions/resume/ahead.test.ts', 'e2e/ahead.test.ts'],
  },
  {
    name: 'keys that are renewed are resumed ahead as well',
    edits: [
      [
        'electron/core/sessions/resume/ahead.ts',
        "case 'lasting':\n      return undefined",
        "case 'lasting':\n      return socketSinceAt + facts.afterMinutes * minuteMs",
      ],
    ],
    tests: ['electron/core/sessions/resume/ahead.test.ts'],
  },
  {
    name: 'a refused resume ahead costs the open socket',
    edits: [['electron/core/sessions/resume/aheadloop.ts', "refusal === 'connected' &&", "refusal !== 'connected' &&"]],
    tests: ['e2e/ahead.test.ts'],
  },
  {
    name: 'the open socket is closed first with seconds of keys left',
    edits: [
      [
        'electron/core/sessions/resume/ahead.ts',
        "return outlook.kind !== 'ending' ||",
        "return outlook.kind !== 'lasting' ||",
      ],
    ],
    tests: ['electron/core/sessions/resume/ahead.test.ts'],
  },
  {
    name: 'a second socket that stays silent is never taken over',
    edits: [
      [
        'electron/core/sessions/resume/aheadloop.ts',
        "(outcome === 'silent' && this.#mayCloseFirst()",
        "(outcome === 'closed' && this.#mayCloseFirst()",
      ],
    ],
    tests: ['e2e/ahead.test.ts'],
  },
  {
    name: 'a resume ahead goes on where ResumeSession is denied',
    edits: [['electron/core/sessions/resume/permission.ts', 'this.#isDenied = true', 'this.#isDenied = false']],
    tests: ['electron/core/sessions/resume/permission.test.ts', 'e2e/ahead.test.ts'],
  },
]
