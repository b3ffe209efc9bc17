// Mutants of recordings, and of the capture of output. See build/mutants.mjs.

export const recordingMutants = [
  {
    name: 'output that is missing leaves no marker',
    edits: [['electron/core/recordings/writer.ts', "else this.#push({ kind: 'gap', at, missing: bytes.length })", '']],
    tests: ['electron/core/recordings/writer.test.ts'],
  },
  {
    name: 'a recording that is removed is written into nowhere',
    edits: [['electron/core/recordings/writer.ts', '    await this.#sameFile()\n', '']],
    tests: ['electron/core/recordings/writer.test.ts'],
  },
  {
    name: 'a recording is cut within a character',
    edits: [
      [
        'electron/core/recordings/cast.ts',
        "  #decoder = new StringDecoder('utf8')",
        "  #decoder = new StringDecoder('latin1')",
      ],
    ],
    tests: ['electron/core/recordings/cast.test.ts'],
  },
  {
    name: 'a recording that another process writes is deleted',
    edits: [['electron/core/recordings/read.ts', '(isWriting || isWrittenElsewhere(header))', 'isWriting']],
    tests: ['electron/core/recordings/recordings.test.ts'],
  },
  {
    name: 'a person ends the recording of an environment that is always recorded',
    edits: [['electron/core/capture/captures.ts', 'if (!isOn && isAlways) {', 'if (isOn && isAlways) {']],
    tests: ['electron/core/terminals/capturing.test.ts'],
  },
  {
    name: 'a terminal is read on while a required drain has no room',
    edits: [['electron/core/terminals/batch.ts', '    output.pause()\n', '']],
    tests: ['electron/core/terminals/batch.test.ts', 'electron/core/terminals/capturing.test.ts'],
  },
  {
    name: 'an app that takes nothing from a command line counts as there',
    edits: [['electron/core/capture/handing.ts', 'this.#unsent > MAX_UNSENT_BYTES', 'false']],
    tests: ['electron/core/capture/handing.test.ts'],
  },
  {
    name: 'a text is not found where its line was cut in two',
    edits: [['electron/core/recordings/search.ts', 'const whole = this.#carried + text', 'const whole = text']],
    tests: ['electron/core/recordings/search.test.ts'],
  },
  {
    name: 'a command that is killed while its recording is begun leaves one that goes on',
    edits: [
      [
        'electron/core/capture/taking.ts',
        '      if (this.#life.signal.aborted) return await capture[Symbol.asyncDispose]()\n',
        '',
      ],
    ],
    tests: ['electron/core/capture/handing.test.ts'],
  },
  {
    name: 'a recording that begins late misses what came meanwhile',
    edits: [['electron/core/capture/combined.ts', '      coming.missed.push(bytes)\n', '']],
    tests: ['electron/core/capture/combined.test.ts'],
  },
]
