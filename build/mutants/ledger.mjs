// Mutants of the ledger. See ../mutants.mjs.

export const ledgerMutants = [
  {
    name: 'sessions of the computer that a directory was copied from are ended',
    edits: [['electron/core/ledger/ledger.ts', ' && process.machine === own.machine\n', '\n']],
    tests: ['electron/core/environments/leftovers.test.ts'],
  },
  {
    name: 'a copied directory writes the marks of the other computer',
    edits: [['electron/core/store/installation.ts', "if (machine === '0') return id", 'if (machine) return id']],
    tests: ['electron/core/environments/leftovers.test.ts'],
  },
  {
    name: 'lines of a damaged ledger wait for their record without a bound',
    edits: [['electron/core/ledger/history.ts', 'if (this.#earlyCount >= MAX_EARLY) return\n', '']],
    tests: ['electron/core/ledger/history.test.ts'],
  },
  {
    name: 'the history of a process that runs for months grows without a bound',
    edits: [['electron/core/ledger/history.ts', 'this.#records.size > this.#max * 1.1', 'this.#max < 0']],
    tests: ['electron/core/ledger/history.test.ts'],
  },
  {
    name: 'a ledger of zeros is held in memory and read for half a minute',
    edits: [
      [
        'electron/core/ledger/linefile.ts',
        'if (!isTooLong && rest.length <= MAX_LINE_BYTES) continue',
        'if (rest) continue',
      ],
    ],
    tests: ['electron/core/ledger/linefile.test.ts'],
  },
  {
    name: 'a clock that is set back hides the end of a session',
    edits: [['electron/core/ledger/ledger.ts', 'now < newestAt ? newestAt + 1 : now', 'now']],
    tests: ['electron/core/ledger/ledger.test.ts'],
  },
  {
    name: 'a process that has the pid of a dead one passes for it',
    edits: [['electron/core/ledger/processname.ts', 'return now === start', 'return true']],
    tests: ['electron/core/ledger/processname.test.ts'],
  },
]
