// Mutants of the window's recordings and of its form for drains. See build/mutants.mjs.

export const recordingViewMutants = [
  {
    name: 'typed input in a recording is played',
    edits: [['renderer/recordings/cast.ts', "kind === 'o' ? data", "kind === 'o' || kind === 'i' ? data"]],
    tests: ['renderer/recordings/cast.test.ts'],
  },
  {
    name: 'the size of the screen of a recording has no bound',
    edits: [
      [
        'renderer/recordings/cast.ts',
        'Math.min(Math.max(Math.trunc(value), 1), max)',
        'Math.max(Math.trunc(value), 1)',
      ],
    ],
    tests: ['renderer/recordings/cast.test.ts'],
  },
  {
    name: 'a recording of any size is read into the page',
    edits: [['renderer/recordings/load.ts', 'count + bytes.length > maxBytes || ', '']],
    tests: ['renderer/recordings/load.test.ts'],
  },
  {
    name: 'a piece that leads nowhere is followed',
    edits: [
      [
        'renderer/recordings/load.ts',
        'nextOffset !== undefined && nextOffset > at ? nextOffset',
        'nextOffset === at ? at + 1',
      ],
    ],
    tests: ['renderer/recordings/load.test.ts'],
  },
  {
    name: 'a secret of another kind of destination stays stored',
    edits: [['renderer/drains/form.ts', "return stored.includes(name) ? [[name, '']] : []", 'return []']],
    tests: ['renderer/drains/form.test.ts'],
  },
  {
    name: 'output may go over the network without encryption',
    edits: [
      ['shared/drainrules.ts', "url.protocol === 'http:' && !isOnLoopback(url.hostname)", "url.protocol === 'ftp:'"],
    ],
    tests: ['shared/drainrules.test.ts'],
  },
  {
    name: 'a program may be saved as a recording',
    edits: [['electron/window/address.ts', 'fileName.endsWith(end)', 'fileName.includes(end)']],
    tests: ['electron/window/address.test.ts'],
  },
  {
    name: 'the last piece of a recording has a next one',
    edits: [['shared/api/frames.ts', 'nextOffset < 0 ? {} : { nextOffset }', '{ nextOffset }']],
    tests: ['shared/api/frames.test.ts'],
  },
  {
    name: 'a person is asked again whether a terminal is recorded',
    edits: [['electron/core/terminals/capturing.ts', '    this.#isDecided = true\n', '']],
    tests: ['electron/core/terminals/capturing.test.ts'],
  },
  {
    name: 'the answer of one session is that of the next',
    edits: [['electron/core/terminals/capturing.ts', '    this.#isDecided = false\n', '']],
    tests: ['electron/core/terminals/capturing.test.ts'],
  },
  {
    name: 'a drain that is not required needs a person',
    edits: [['shared/overall.ts', "drain.isRequired && state.kind === 'failing'", "state.kind === 'failing'"]],
    tests: ['shared/overall.test.ts'],
  },
  {
    name: 'a required drain that fails needs nobody',
    edits: [['shared/overall.ts', 'needs.forwards !== undefined || needs.drains > 0', 'needs.forwards !== undefined']],
    tests: ['shared/overall.test.ts'],
  },
  {
    name: 'the list of drains does not tell why a terminal was refused',
    edits: [['electron/core/drains/drains.ts', '      running.unreached(error)\n', '']],
    tests: ['electron/core/drains/drains.person.test.ts'],
  },
]
