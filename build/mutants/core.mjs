// Mutants of the product; see ../mutants.mjs.

/** Each: its name, edits of [file, text, replacement], and the tests that must notice. */
export const coreMutants = [
  {
    name: 'a document with a destination of its own carries a forward there',
    edits: [['electron/core/sessions/request/documents.ts', '  checkWay(document, wanted)\n', '']],
    tests: ['electron/core/sessions/request/documents.test.ts'],
  },
  {
    name: 'a required reason is not asked for',
    edits: [['electron/core/environments/open.ts', 'isReasonRequired !== true', 'isReasonRequired !== false']],
    tests: ['electron/core/environments/rules.test.ts'],
  },
  {
    name: 'no half-close policy',
    edits: [['electron/core/tunnels/join.ts', 'if (lingerMs === 0) endStream()', 'if (lingerMs >= 0) endStream()']],
    tests: ['electron/core/tunnels/join.test.ts'],
  },
  {
    name: 'stale StreamUrl',
    edits: [
      [
        'electron/core/sessions/resume/redial.ts',
        'this.#streamUrl = ticket.streamUrl || this.#streamUrl',
        'this.#streamUrl = this.#streamUrl || ticket.streamUrl',
      ],
    ],
    tests: ['e2e/sessions.test.ts'],
  },
  {
    name: 'one resume attempt only',
    edits: [
      [
        'electron/core/sessions/resume/recovery.ts',
        'triedMs >= deadlineMs) return cause',
        'triedMs >= 0) return cause',
      ],
    ],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'no resume deadline',
    edits: [['electron/core/sessions/resume/recovery.ts', ' || triedMs >= deadlineMs) return cause', ') return cause']],
    tests: ['e2e/tunnels.test.ts', 'electron/core/sessions/resume/recovery.test.ts'],
  },
  {
    name: 'back-off that does not grow',
    edits: [['electron/core/async/doubling.ts', 'first * 2 **', 'first * 1 **']],
    tests: ['electron/core/async/doubling.test.ts', 'electron/core/sessions/resume/retry.test.ts'],
  },
  {
    name: 'expired credentials end the tunnel',
    edits: [
      ['electron/core/sessions/resume/retry.ts', "'credentials-expired': 'login'", "'credentials-expired': 'final'"],
    ],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'a session that is gone ends the tunnel',
    edits: [['electron/core/sessions/resume/retry.ts', "'session-gone': 'gone'", "'session-gone': 'final'"]],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'denied is tried for ever',
    edits: [['electron/core/sessions/resume/retry.ts', "'access-denied': 'final'", "'access-denied': 'again'"]],
    tests: ['e2e/tunnels.starts.test.ts'],
  },
  {
    name: 'connections survive their session',
    edits: [
      [
        'electron/core/tunnels/connections.ts',
        'for (const socket of this.#carried) resetSocket(socket)',
        'for (const socket of this.#carried) socket.pause()',
      ],
      // Their streams end with the session as well, and would do the same.
      [
        'electron/core/tunnels/join.ts',
        '    resetSocket(socket)\n  })\n  socket.on',
        '    socket.pause()\n  })\n  socket.on',
      ],
    ],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'connections of an outage are held for ever',
    edits: [['electron/core/tunnels/connections.ts', '    }, holdMs)', '    }, 2 ** 30)']],
    tests: ['e2e/tunnels.starts.test.ts'],
  },
  {
    name: 'a wake cuts no wait short',
    edits: [['electron/core/sessions/resume/retry.ts', 'this.#cut?.()', 'this.#cut === undefined']],
    tests: ['e2e/tunnels.test.ts', 'electron/core/sessions/resume/retry.test.ts'],
  },
  {
    name: 'sessions are not written down',
    edits: [
      [
        'electron/core/environments/records.ts',
        'const record = await attempt(() =>',
        'const record = await attempt(() => Promise.resolve(undefined) ??',
      ],
    ],
    tests: ['e2e/core.restarts.test.ts'],
  },
  {
    name: 'sleep counts as time that was tried',
    edits: [
      [
        'electron/core/sessions/resume/recovery.ts',
        'Math.min(this.#now() - pausedAt, waitMs)',
        'this.#now() - pausedAt',
      ],
    ],
    tests: ['electron/core/sessions/resume/recovery.test.ts'],
  },
  {
    name: 'a session that was over as soon as it was ready counts as up',
    edits: [
      [
        'electron/core/tunnels/session.ts',
        'if (port === undefined || endCause !== undefined)',
        'if (port === undefined)',
      ],
    ],
    tests: ['e2e/endings.test.ts'],
  },
  {
    name: 'each loss begins a new outage',
    edits: [
      [
        'electron/core/sessions/resume/recovery.ts',
        'return isOver ? undefined : this.#outage',
        'return isOver ? undefined : undefined',
      ],
    ],
    tests: ['electron/core/sessions/resume/recovery.test.ts', 'e2e/endings.flapping.test.ts'],
  },
  {
    name: 'interfaces that cannot be read throw',
    edits: [
      [
        'electron/core/sessions/resume/interfaces.ts',
        '    } catch {\n      // Other parts that need a descriptor report the error.\n    }',
        '    } catch (error) {\n      throw error\n    }',
      ],
    ],
    tests: ['electron/core/sessions/resume/interfaces.test.ts'],
  },
  {
    name: 'no budget of connections',
    edits: [['electron/core/tunnels/budgets.ts', 'if (this.#taken >= this.max) return false\n', '']],
    tests: ['electron/core/tunnels/budgets.test.ts'],
  },
  {
    name: 'a closed connection keeps its place in the budget',
    edits: [['electron/core/tunnels/budgets.ts', 'this.#taken -= 1\n', 'this.#taken -= 0\n']],
    tests: ['electron/core/tunnels/budgets.test.ts'],
  },
  {
    name: 'a listener whose accept has failed stays closed',
    edits: [
      ['electron/core/tunnels/listener.ts', '      this.#close()\n      this.#bindLater()\n', '      this.#close()\n'],
    ],
    tests: ['electron/core/tunnels/listener.test.ts'],
  },
  {
    name: 'a held connection is not read',
    edits: [['electron/core/tunnels/heldsocket.ts', '    socket.resume()\n', '']],
    tests: ['electron/core/tunnels/connections.test.ts'],
  },
  {
    name: 'a held connection is read without an end',
    edits: [
      ['electron/core/tunnels/heldsocket.ts', '    if (this.#heldBytes >= HELD_BYTES) this.socket.pause()\n', ''],
    ],
    tests: ['electron/core/tunnels/connections.test.ts'],
  },
  {
    name: 'what was read of a held connection is lost',
    edits: [
      [
        'electron/core/tunnels/heldsocket.ts',
        '    if (bytes.length > 0 && !this.socket.destroyed) this.socket.unshift(bytes)\n',
        '',
      ],
    ],
    tests: ['electron/core/tunnels/connections.test.ts'],
  },
  {
    name: 'a program that leaves while it is held is not told of',
    edits: [
      ['electron/core/tunnels/heldsocket.ts', '    this.#chunks = []\n    this.#onLeft()\n', '    this.#chunks = []\n'],
    ],
    tests: ['electron/core/tunnels/connections.test.ts'],
  },
  {
    name: 'a reset while held is not noticed',
    edits: [
      [
        'electron/core/tunnels/heldsocket.ts',
        "for (const event of ['end', 'error', 'close'] as const) socket.on(",
        "for (const event of ['end'] as const) socket.on(",
      ],
    ],
    tests: ['electron/core/tunnels/connections.test.ts'],
  },
  {
    name: 'a carrier that throws leaves the callback',
    edits: [
      [
        'electron/core/tunnels/connections.ts',
        '    } catch (error) {\n      this.#refuse(socket, error)\n      return\n    }',
        '    } catch (error) {\n      throw error\n    }',
      ],
    ],
    tests: ['electron/core/tunnels/connections.carrier.test.ts'],
  },
  {
    name: 'a refused upgrade of the web door is reset with no error listener',
    edits: [['electron/http/server.ts', "    socket.on('error', () => undefined /* 'close' follows */)\n", '']],
    tests: ['electron/web/server.test.ts'],
  },
  {
    name: 'a refused upgrade of the simulator is reset with no error listener',
    edits: [['electron/http/server.ts', "    socket.on('error', () => undefined /* 'close' follows */)\n", '']],
    tests: ['electron/simulator/gateway/server.test.ts'],
  },
  {
    name: 'a lone large message puts a page behind',
    edits: [['electron/page/feed.ts', 'if (!isAlone && this.#waitingSize', 'if (this.#waitingSize']],
    tests: ['electron/page/feed.test.ts'],
  },
  {
    name: 'the socket of a data directory takes a request of any length',
    edits: [['electron/core/lock/exchange.ts', "      else resolve({ kind: 'too-long' })\n", '']],
    tests: ['electron/core/lock/socketserver.test.ts', 'electron/core/lock/exchange.test.ts'],
  },
  {
    name: 'the journal is read to its beginning',
    edits: [
      ['electron/core/store/tail.ts', "return line === '' || take(line)", "return line === '' || take(line) || true"],
    ],
    tests: ['electron/core/store/tail.test.ts', 'electron/core/store/journal.test.ts'],
  },
  {
    name: 'the diagnostic log keeps secrets',
    edits: [
      [
        'electron/core/store/diagnosticlog.ts',
        'redact(cutText(value, MAX_TEXT_CHARACTERS))',
        'cutText(redact.name === value ? "" : value, MAX_TEXT_CHARACTERS)',
      ],
    ],
    tests: ['electron/core/store/diagnosticlog.test.ts'],
  },
  {
    name: 'a call of AWS is logged once for each attempt',
    edits: [['electron/aws/clients.ts', "{ step: 'initialize', name", "{ step: 'finalizeRequest', name"]],
    tests: ['electron/aws/watched.test.ts'],
  },
]
