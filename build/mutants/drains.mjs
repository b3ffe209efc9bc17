// Mutants of drains: records, spool, destinations. See build/mutants.mjs.

const folder = 'electron/core/drains'

export const drainMutants = [
  {
    name: 'a sequence that is cut in two leaves its end in the text',
    edits: [
      [
        `${folder}/records/escapes.ts`,
        'return code <= 0x7e ? meaning(this.#parameters, character) : this.#step(character)',
        'return character',
      ],
    ],
    tests: [`${folder}/records/records.test.ts`],
  },
  {
    name: 'a command that was corrected reads as it was typed',
    edits: [
      [
        `${folder}/records/lines.ts`,
        'if (control === ERASE) this.#text = this.#text.slice(0, this.#cursor)',
        'if (control === ERASE) return',
      ],
    ],
    tests: [`${folder}/records/records.test.ts`],
  },
  {
    name: 'records that are dropped are not counted in their place',
    edits: [[`${folder}/spool/summary.ts`, 'count: before + count', 'count']],
    tests: [`${folder}/spool/spool.test.ts`],
  },
  {
    name: 'a batch that was tried is another one after a restart',
    edits: [
      [
        `${folder}/spool/spool.ts`,
        'const to = tried > offset ? Math.min(tried, segment.bytes) : segment.bytes',
        'const to = tried < 0 ? 0 : segment.bytes',
      ],
    ],
    tests: [`${folder}/spool/spool.test.ts`],
  },
  {
    name: 'a document that is there already is sent for ever',
    edits: [
      [
        `${folder}/destinations/elasticsearch.ts`,
        '(status >= 200 && status < 300) || status === 409',
        'status >= 200 && status < 300',
      ],
    ],
    tests: [`${folder}/destinations/elasticsearch.test.ts`],
  },
  {
    name: 'what a broken connection may have lost is forgotten',
    edits: [[`${folder}/destinations/syslog.ts`, 'else this.#tail.broken()', 'else this.#tail.arrived()']],
    tests: [`${folder}/destinations/syslog.test.ts`],
  },
  {
    name: 'a repeat is not marked',
    edits: [[`${folder}/destinations/syslogmessage.ts`, 'isRepeat ? [', 'isRepeat && record.count === -1 ? [']],
    tests: [`${folder}/destinations/syslog.test.ts`],
  },
  {
    name: 'a required drain that is not reached lets the session open',
    edits: [[`${folder}/drains.ts`, 'own.filter(({ drain }) => drain.isRequired)', 'own.filter(() => false)']],
    tests: [`${folder}/drains.person.test.ts`],
  },
  {
    name: 'a burst is sent while it goes on',
    edits: [[`${folder}/flow.ts`, 'if (this.#bytes > FAST_BYTES) this.#fastAt = now', '']],
    tests: [`${folder}/flow.test.ts`],
  },
  {
    name: 'raw and stripped records are the same documents',
    edits: [[`${folder}/destinations/elasticsearch.ts`, "options.isRaw ? 'raw-' : ''", "''"]],
    tests: [`${folder}/destinations/elasticsearch.test.ts`],
  },
  {
    name: 'a batch has another id each time that it is sent',
    edits: [
      [
        `${folder}/destinations/https.ts`,
        "{ 'x-culvert-batch': batchId }",
        "{ 'x-culvert-batch': batchId + Math.random() }",
      ],
    ],
    tests: [`${folder}/changes.test.ts`],
  },
  {
    name: 'a half that has arrived goes again with the other one',
    edits: [[`${folder}/destinations/https.ts`, "if (known === 'done') return ARRIVED", '']],
    tests: [`${folder}/destinations/https.test.ts`],
  },
  {
    name: 'a receiver that resets each connection is tried without a pause',
    edits: [[`${folder}/backoff.ts`, 'this.#isBroken = this.#breaks > 0', 'this.#isBroken = false']],
    tests: [`${folder}/outage.test.ts`],
  },
  {
    name: 'a receiver quotes the credentials into the window',
    edits: [[`${folder}/destinations/post.ts`, 'status >= 200 && status < 300 ? said : mask(said)', 'said']],
    tests: ['electron/core/secrets.test.ts'],
  },
  {
    name: 'a log shipper loses the file after a rotation',
    edits: [[`${folder}/destinations/filedestination.ts`, 'await keepAccess(file, found)', '']],
    tests: [`${folder}/destinations/filedestination.test.ts`],
  },
  {
    name: 'a terminal is read on although its required drain has no room',
    edits: [['electron/core/terminals/batch.ts', 'output.pause()', '']],
    tests: ['electron/core/terminals/drained.test.ts'],
  },
  {
    name: 'a key that everybody knows counts as a key store',
    edits: [['electron/window/keystore.ts', "['basic_text', 'unknown']", "['unknown']"]],
    tests: ['electron/window/keystore.test.ts'],
  },
  {
    name: 'recordings go to a folder of another user',
    edits: [['electron/core/recordings/place.ts', 'process.getuid === undefined || found.uid', 'true || found.uid']],
    tests: ['electron/core/recordings/place.test.ts'],
  },
]
