// Mutants of the protocol; see ../mutants.mjs.

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const ssmMutants = [
  {
    name: 'no re-acknowledgement of old duplicates',
    edits: [
      [
        'electron/ssm/channel/inbox.ts',
        'return { acknowledge: true, deliver: [] }\n    }\n    if (sequence > this.#expected)',
        'return { acknowledge: false, deliver: [] }\n    }\n    if (sequence > this.#expected)',
      ],
    ],
    tests: ['electron/ssm/channel/channel.reliability.test.ts', 'electron/ssm/channel/outbox.test.ts'],
  },
  {
    name: 'renumbering on retransmission',
    edits: [
      [
        'electron/ssm/channel/outbox.ts',
        'return outgoing.frame\n',
        'return outgoing.transmissions > 1 ? this.#encode(this.#nextSequence++, 1, outgoing.frame) : outgoing.frame\n',
      ],
    ],
    tests: ['electron/ssm/channel/outbox.test.ts', 'electron/ssm/channel/channel.reliability.test.ts'],
  },
  {
    name: 'oldest-only resend',
    edits: [
      ['electron/ssm/channel/outbox.ts', 'if (considered >= this.window.size) break', 'if (considered >= 1) break'],
    ],
    tests: ['electron/ssm/channel/outbox.test.ts'],
  },
  {
    name: 'LF becomes CR',
    edits: [
      [
        'electron/ssm/channel/writequeue.ts',
        'take(parts.length === 1 ? only : Buffer.concat(parts))',
        "take(parts.length === 1 ? (only.equals(Buffer.from('\\n')) ? Buffer.from('\\r') : only) : Buffer.concat(parts))",
      ],
    ],
    tests: ['electron/ssm/port/port.test.ts', 'e2e/vectors.test.ts'],
  },
  {
    name: 'no back-off',
    edits: [['electron/ssm/channel/outbox.ts', 'outgoing.timeoutMs * 2', 'outgoing.timeoutMs * 1']],
    tests: ['electron/ssm/channel/outbox.test.ts'],
  },
  {
    name: 'drop on overflow',
    edits: [
      [
        'electron/ssm/channel/sending.ts',
        'const mayMove = this.#options.isReady() && this.#outbox.hasRoom',
        'const mayMove = this.#options.isReady()',
      ],
      [
        'electron/ssm/channel/outbox.ts',
        'const sequence = this.#nextSequence\n',
        'const sequence = this.#nextSequence\n    if (!this.hasRoom) return sequence\n',
      ],
    ],
    tests: ['electron/ssm/channel/channel.reliability.test.ts'],
  },
  {
    name: 'every small write in a message of its own',
    edits: [
      [
        'electron/ssm/channel/sending.ts',
        'else this.#gather()',
        'else {\n      this.#moveAllWrites()\n      this.flush()\n    }',
      ],
    ],
    tests: ['electron/ssm/channel/sending.test.ts'],
  },
  {
    name: 'a lone keystroke waits for the end of the turn',
    edits: [
      [
        'electron/ssm/channel/sending.ts',
        'if (this.#outbox.isEmpty || this.#writes.isPayloadFull)',
        'if (this.#writes.isPayloadFull)',
      ],
    ],
    tests: ['electron/ssm/channel/sending.test.ts'],
  },
  {
    name: 'early data',
    edits: [
      [
        'electron/ssm/channel/channel.ts',
        "isReady: () => this.#state === 'ready'",
        "isReady: () => this.#state !== 'closed'",
      ],
    ],
    tests: ['electron/ssm/channel/channel.test.ts'],
  },
  {
    name: 'wrong UUID halves',
    edits: [
      [
        'electron/ssm/codec/message.ts',
        "frame.write(hex.slice(16), 64, 'hex')",
        "frame.write(hex.slice(0, 16), 64, 'hex')",
      ],
      [
        'electron/ssm/codec/message.ts',
        "frame.write(hex.slice(0, 16), 72, 'hex')",
        "frame.write(hex.slice(16), 72, 'hex')",
      ],
      [
        'electron/ssm/codec/message.ts',
        "const high = frame.toString('hex', 72, 80)",
        "const high = frame.toString('hex', 64, 72)",
      ],
      [
        'electron/ssm/codec/message.ts',
        "const low = frame.toString('hex', 64, 72)",
        "const low = frame.toString('hex', 72, 80)",
      ],
    ],
    tests: ['electron/ssm/codec/message.test.ts', 'e2e/vectors.test.ts'],
  },
  {
    name: 'shared receive budget',
    edits: [
      [
        'electron/ssm/port/budget.ts',
        'if (holder.heldBytes > this.#limits.perHolderBytes)',
        'if (this.#heldBytes > this.#limits.perHolderBytes)',
      ],
    ],
    tests: ['electron/ssm/port/budget.test.ts'],
  },
  {
    name: 'no ping deadline',
    edits: [['electron/ssm/channel/heartbeat.ts', 'now - this.#heardAt >= this.#timing.deadMs', 'now < this.#heardAt']],
    tests: ['electron/ssm/channel/connection.test.ts'],
  },
  {
    name: 'a resume is not asked to prove itself',
    edits: [
      [
        'electron/ssm/channel/sending.ts',
        'const proof = this.#outbox.isEmpty ? this.#outbox.lastAcknowledged : undefined',
        'const proof = this.#outbox.isEmpty ? undefined : undefined',
      ],
    ],
    tests: ['electron/ssm/channel/connection.test.ts'],
  },
  {
    name: 'a socket that answers no ping after a wake is kept',
    edits: [['electron/ssm/channel/channel.ts', '    this.#connection.wake()\n', '']],
    tests: ['electron/ssm/channel/connection.test.ts'],
  },
  {
    name: 'the silence of a sleep ends the session',
    edits: [
      [
        'electron/ssm/channel/channel.ts',
        'onStuck: (error) => this.lose(error)',
        'onStuck: (error) => this.fail(error)',
      ],
    ],
    tests: ['electron/ssm/channel/connection.test.ts'],
  },
  {
    name: 'spans by the clock on the wall',
    edits: [['electron/ssm/channel/clock.ts', 'performance.now()', 'Date.now()']],
    tests: ['electron/ssm/channel/connection.test.ts'],
  },
  {
    name: 'a flood is acknowledged whatever the gateway reads',
    edits: [
      [
        'electron/ssm/channel/channel.ts',
        'this.#connection.backlogBytes > MAX_WIRE_BACKLOG_BYTES',
        'this.#connection.backlogBytes < 0',
      ],
    ],
    tests: ['electron/ssm/channel/channel.test.ts'],
  },
  {
    name: 'a socket that takes nothing is kept for ever',
    edits: [
      ['electron/ssm/channel/connection.ts', 'wire.bufferedBytes > HARD_WIRE_BACKLOG_BYTES', 'wire.bufferedBytes < 0'],
    ],
    tests: ['electron/ssm/channel/channel.test.ts'],
  },
  {
    name: 'the old socket counts as lost while a new one is proven',
    edits: [['electron/ssm/channel/channel.ts', 'if (this.takeOver()) return', 'if (this.#state === null) return']],
    tests: ['electron/ssm/channel/candidate.test.ts'],
  },
  {
    name: 'a second socket is never taken',
    edits: [['electron/ssm/channel/channel.ts', 'if (this.#connection.isHeardOnOffer) this.takeOver()', '']],
    tests: ['electron/ssm/channel/candidate.test.ts'],
  },
]
