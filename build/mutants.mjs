// Breaks the code in named ways, one at a time, in a copy of the tree, and shows that each breakage turns a test red.
//
//   npm run test:mutants            all of them
//   npm run test:mutants -- NAME    those whose name contains NAME
//   node build/mutants.mjs --check  only that each text which a mutant replaces is still there; part of npm test
//
// A mutant that survives is a hole in the tests. Its last line is "N passed, N failed", a killed mutant having passed.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** Each mutant: edits of [file, text, replacement], and the tests that must notice. */
const mutants = [
  {
    name: 'no re-acknowledgement of old duplicates',
    edits: [
      [
        'electron/ssm/inbox.ts',
        'return { acknowledge: true, deliver: [] }\n    }\n    if (sequence > this.#expected)',
        'return { acknowledge: false, deliver: [] }\n    }\n    if (sequence > this.#expected)',
      ],
    ],
    tests: ['electron/ssm/channel.test.ts', 'electron/ssm/outbox.test.ts'],
  },
  {
    name: 'renumbering on retransmission',
    edits: [
      [
        'electron/ssm/outbox.ts',
        'return outgoing.frame\n',
        'return outgoing.transmissions > 1 ? this.#encode(this.#nextSequence++, 1, outgoing.frame) : outgoing.frame\n',
      ],
    ],
    tests: ['electron/ssm/outbox.test.ts', 'electron/ssm/channel.test.ts'],
  },
  {
    name: 'oldest-only resend',
    edits: [['electron/ssm/outbox.ts', 'if (considered >= this.window.size) break', 'if (considered >= 1) break']],
    tests: ['electron/ssm/outbox.test.ts'],
  },
  {
    name: 'LF becomes CR',
    edits: [
      [
        'electron/ssm/writequeue.ts',
        'take(parts.length === 1 ? only : Buffer.concat(parts))',
        "take(parts.length === 1 ? (only.equals(Buffer.from('\\n')) ? Buffer.from('\\r') : only) : Buffer.concat(parts))",
      ],
    ],
    tests: ['electron/ssm/port.test.ts', 'e2e/vectors.test.ts'],
  },
  {
    name: 'no back-off',
    edits: [['electron/ssm/outbox.ts', 'outgoing.timeoutMs * 2', 'outgoing.timeoutMs * 1']],
    tests: ['electron/ssm/outbox.test.ts'],
  },
  {
    name: 'drop on overflow',
    edits: [
      ['electron/ssm/sending.ts', 'while (isMoved && this.#outbox.hasRoom)', 'while (isMoved)'],
      [
        'electron/ssm/outbox.ts',
        'const sequence = this.#nextSequence\n',
        'const sequence = this.#nextSequence\n    if (!this.hasRoom) return sequence\n',
      ],
    ],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'early data',
    edits: [
      ['electron/ssm/channel.ts', "isReady: () => this.#state === 'ready'", "isReady: () => this.#state !== 'closed'"],
    ],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'wrong UUID halves',
    edits: [
      ['electron/ssm/message.ts', "frame.write(hex.slice(16), 64, 'hex')", "frame.write(hex.slice(0, 16), 64, 'hex')"],
      ['electron/ssm/message.ts', "frame.write(hex.slice(0, 16), 72, 'hex')", "frame.write(hex.slice(16), 72, 'hex')"],
      [
        'electron/ssm/message.ts',
        "const high = frame.toString('hex', 72, 80)",
        "const high = frame.toString('hex', 64, 72)",
      ],
      [
        'electron/ssm/message.ts',
        "const low = frame.toString('hex', 64, 72)",
        "const low = frame.toString('hex', 72, 80)",
      ],
    ],
    tests: ['electron/ssm/message.test.ts', 'e2e/vectors.test.ts'],
  },
  {
    name: 'no half-close policy',
    edits: [['electron/core/connection.ts', 'if (lingerMs === 0) endStream()', 'if (lingerMs >= 0) endStream()']],
    tests: ['electron/core/connection.test.ts'],
  },
  {
    name: 'shared receive budget',
    edits: [
      [
        'electron/ssm/budget.ts',
        'if (holder.heldBytes > this.#limits.perHolderBytes)',
        'if (this.#heldBytes > this.#limits.perHolderBytes)',
      ],
    ],
    tests: ['electron/ssm/port.test.ts'],
  },
  {
    name: 'stale StreamUrl',
    edits: [
      [
        'electron/core/session.ts',
        'async open(ticket: SessionTicket): Promise<void> {\n',
        'async open(ticket: SessionTicket): Promise<void> {\n    this.#first = ticket\n',
      ],
      ['electron/core/session.ts', '  #isReady = false\n', '  #isReady = false\n  #first: SessionTicket | undefined\n'],
      [
        'electron/core/session.ts',
        'this.#channel.attach(await this.#dial(ticket, limit.signal), ticket.tokenValue)',
        'this.#channel.attach(await this.#dial(this.#first ?? ticket, limit.signal), ticket.tokenValue)',
      ],
    ],
    tests: ['e2e/sessions.test.ts'],
  },
  {
    name: 'no ping deadline',
    edits: [['electron/ssm/heartbeat.ts', 'now - this.#heardAt >= this.#timing.deadMs', 'now < this.#heardAt']],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'one resume attempt only',
    edits: [['electron/core/recovery.ts', 'triedMs >= deadlineMs) return cause', 'triedMs >= 0) return cause']],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'no resume deadline',
    edits: [['electron/core/recovery.ts', ' || triedMs >= deadlineMs) return cause', ') return cause']],
    tests: ['e2e/tunnels.test.ts', 'electron/core/recovery.test.ts'],
  },
  {
    name: 'back-off that does not grow',
    edits: [['electron/core/retry.ts', 'timing.firstRetryMs * 2 **', 'timing.firstRetryMs * 1 **']],
    tests: ['electron/core/retry.test.ts'],
  },
  {
    name: 'expired credentials end the tunnel',
    edits: [['electron/core/retry.ts', "'credentials-expired': 'login'", "'credentials-expired': 'final'"]],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'a session that is gone ends the tunnel',
    edits: [['electron/core/retry.ts', "'session-gone': 'gone'", "'session-gone': 'final'"]],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'denied is tried for ever',
    edits: [['electron/core/retry.ts', "'access-denied': 'final'", "'access-denied': 'again'"]],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'connections survive their session',
    edits: [
      [
        'electron/core/connections.ts',
        'for (const socket of this.#carried) resetSocket(socket)',
        'for (const socket of this.#carried) socket.pause()',
      ],
      // Their streams end with the session as well, and would do the same.
      [
        'electron/core/connection.ts',
        '    resetSocket(socket)\n  })\n  socket.on',
        '    socket.pause()\n  })\n  socket.on',
      ],
    ],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'connections of an outage are held for ever',
    edits: [['electron/core/connections.ts', '    }, holdMs)', '    }, 2 ** 30)']],
    tests: ['e2e/tunnels.test.ts'],
  },
  {
    name: 'a wake cuts no wait short',
    edits: [['electron/core/retry.ts', 'this.#cut?.()', 'this.#cut === undefined']],
    tests: ['e2e/tunnels.test.ts', 'electron/core/retry.test.ts'],
  },
  {
    name: 'a resume is not asked to prove itself',
    edits: [
      [
        'electron/ssm/sending.ts',
        'const proof = this.#outbox.isEmpty ? this.#outbox.lastAcknowledged : undefined',
        'const proof = this.#outbox.isEmpty ? undefined : undefined',
      ],
    ],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'a socket that answers no ping after a wake is kept',
    edits: [['electron/ssm/channel.ts', '    this.#heartbeat?.probe()\n', '']],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'sessions are not written down',
    edits: [
      [
        'electron/core/sessionrecords.ts',
        'const entry = await attempt(() => ledger.begin(environment, request.target))',
        'const entry = await attempt(() => Promise.resolve(undefined))',
      ],
    ],
    tests: ['e2e/core.test.ts'],
  },
  {
    name: 'the silence of a sleep ends the session',
    edits: [
      ['electron/ssm/channel.ts', 'onStuck: (error) => this.#lose(error)', 'onStuck: (error) => this.fail(error)'],
    ],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'spans by the clock on the wall',
    edits: [['electron/ssm/clock.ts', 'performance.now()', 'Date.now()']],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'sleep counts as time that was tried',
    edits: [['electron/core/recovery.ts', 'Math.min(this.#now() - pausedAt, waitMs)', 'this.#now() - pausedAt']],
    tests: ['electron/core/recovery.test.ts'],
  },
  {
    name: 'a session that was over as soon as it was ready counts as up',
    edits: [
      ['electron/core/portsession.ts', 'if (port === undefined || endCause !== undefined)', 'if (port === undefined)'],
    ],
    tests: ['e2e/endings.test.ts'],
  },
  {
    name: 'each loss begins a new outage',
    edits: [
      [
        'electron/core/recovery.ts',
        'return isOver ? undefined : this.#outage',
        'return isOver ? undefined : undefined',
      ],
    ],
    tests: ['electron/core/recovery.test.ts', 'e2e/endings.test.ts'],
  },
  {
    name: 'a flood is acknowledged whatever the gateway reads',
    edits: [['electron/ssm/channel.ts', '    if (this.#backlogBytes > MAX_WIRE_BACKLOG_BYTES) return\n', '']],
    tests: ['electron/ssm/channel.test.ts'],
  },
  {
    name: 'a socket that takes nothing is kept for ever',
    edits: [['electron/ssm/channel.ts', 'this.#backlogBytes > HARD_WIRE_BACKLOG_BYTES', 'this.#backlogBytes < 0']],
    tests: ['electron/ssm/channel.test.ts'],
  },
]

for (const { name, edits } of mutants) {
  for (const [file, text] of edits) {
    if (readFileSync(path.join(root, file), 'utf8').includes(text)) continue
    throw new Error(`${name}: ${file} does not contain ${JSON.stringify(text)}`)
  }
}
const wanted = process.argv[2] ?? ''
if (wanted === '--check') process.exit(0)

const copy = mkdtempSync(path.join(os.tmpdir(), 'culvert-mutants-'))
const skip = new Set(['node_modules', '.git', 'release', 'test-results', 'coverage'])
cpSync(root, copy, { recursive: true, filter: (source) => !skip.has(path.relative(root, source)) })
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction')

/** Runs tests in the copy; true when they pass. */
function passes(tests) {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  // Stop at the first failure: one red test is what is asked for.
  const run = spawnSync(process.execPath, [vitest, 'run', '--bail=1', '--testTimeout=15000', ...tests], {
    cwd: copy,
    encoding: 'utf8',
    timeout: 180_000,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const output = `${run.stdout}${run.stderr}`
  // A suite that does not even load has not noticed anything.
  const hasRun = /Tests {2}.*\d+ (failed|passed)/.test(output)
  if (!hasRun) throw new Error(`the tests ${tests.join(', ')} did not run:\n${output.slice(-2_000)}`)
  return run.status === 0
}

let killed = 0
let survived = 0
try {
  const chosen = mutants.filter((mutant) => mutant.name.includes(wanted))
  const baseline = [...new Set(chosen.flatMap((mutant) => mutant.tests))]
  if (!passes(baseline)) throw new Error('the tests fail without any mutant: mend that first')
  for (const mutant of chosen) {
    const originals = new Map()
    for (const [file, text, replacement] of mutant.edits) {
      const target = path.join(copy, file)
      const source = readFileSync(target, 'utf8')
      if (!originals.has(target)) originals.set(target, source)
      // An edit before may have taken it away.
      if (!source.includes(text)) throw new Error(`${mutant.name}: ${file} no longer contains ${JSON.stringify(text)}`)
      writeFileSync(
        target,
        source.replace(text, () => replacement),
      )
    }
    const isKilled = !passes(mutant.tests)
    console.log(`${isKilled ? 'killed  ' : 'SURVIVED'}  ${mutant.name}`)
    if (isKilled) killed += 1
    else survived += 1
    for (const [target, source] of originals) writeFileSync(target, source)
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(`${killed} passed, ${survived} failed`)
if (survived > 0 || killed === 0) process.exit(1)
