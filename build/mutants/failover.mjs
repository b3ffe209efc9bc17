// Mutants of sets of hosts and of the failover of forwards. See build/mutants.mjs.

const test = ['electron/core/tunnels/failover.test.ts']

export const failoverMutants = [
  {
    name: 'a forward leaves its host as soon as the agent is away',
    edits: [
      [
        'electron/core/tunnels/host.ts',
        'else if (this.#movable !== undefined && awayMs >= timing.failoverMs) {',
        'else {',
      ],
    ],
    tests: test,
  },
  {
    name: 'a question without an answer counts as an agent that is away',
    edits: [
      [
        'electron/core/tunnels/host.ts',
        "isInDoubt = status === 'notconnected' &&",
        "isInDoubt = status !== 'connected' &&",
      ],
    ],
    tests: test,
  },
  {
    name: 'a host that a person has named is left',
    edits: [['electron/core/environments/picking.ts', 'return isSet && !isNamed(target)', 'return isSet']],
    tests: ['electron/core/environments/picking.test.ts'],
  },
  {
    name: 'the host that is left is chosen again',
    edits: [
      [
        'electron/core/environments/hosts.ts',
        'const others = good.filter(({ id }) => !avoid.includes(id))',
        'const others = good',
      ],
    ],
    tests: ['electron/core/environments/hosts.test.ts'],
  },
  {
    name: 'a session whose host is gone without a word is kept',
    edits: [
      [
        'electron/core/tunnels/host.ts',
        'isInDoubt ||= !isUp() || retransmissions > sentAgain',
        'isInDoubt ||= !isUp()',
      ],
    ],
    tests: test,
  },
  {
    name: 'a forward whose session is silent does not notice that its host is gone',
    edits: [
      ['electron/core/tunnels/host.ts', 'const isDue = monotonicNow() - askedAt >= everyMs', 'const isDue = false'],
    ],
    tests: test,
  },
  {
    name: 'a host is left although the agent answers in its session',
    edits: [['electron/core/tunnels/host.ts', '!(isUp() && (await isAnswered(', '!(!isUp() && (await isAnswered(']],
    tests: test,
  },
]
