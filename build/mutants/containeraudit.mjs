// Mutants of containers: a task that a TARGET names, large accounts and throttled calls. See build/mutants.mjs.

const picking = ['electron/core/environments/picking.test.ts']
const listing = ['electron/aws/ecs/listing.large.test.ts']

export const containerAuditMutants = [
  {
    name: 'a forward waits for a task that has stopped',
    edits: [
      [
        'electron/core/environments/picking.ts',
        "return error instanceof ExecBlocked || asAppError(error).code === 'unknown-instance'",
        'return error instanceof ExecBlocked',
      ],
    ],
    tests: picking,
  },
  {
    name: 'a forward waits for a task that was started without ECS Exec',
    edits: [
      [
        'electron/core/environments/picking.ts',
        'if (!(error instanceof ExecBlocked) || !error.isLasting) return error',
        'if (error !== undefined) return error',
      ],
    ],
    tests: picking,
  },
  {
    name: 'a stopped container that was named is told as one that does not run yet',
    edits: [['electron/core/environments/containers.ts', "if (state === 'STOPPED') {", "if (state === 'GONE') {"]],
    tests: ['electron/core/environments/containers.test.ts'],
  },
  {
    name: 'a call of a listing that is throttled fails the list',
    edits: [['electron/aws/ecs/pace.ts', 'const MOST_REFUSALS = 8', 'const MOST_REFUSALS = 1']],
    tests: [...listing, 'electron/aws/ecs/pace.test.ts'],
  },
  {
    name: 'a listing goes on as fast as before where it is throttled',
    edits: [['electron/aws/ecs/pace.ts', 'Math.max(this.#gapMs * 2, LEAST_GAP_MS)', 'Math.max(this.#gapMs * 2, 0)']],
    tests: ['electron/aws/ecs/pace.test.ts'],
  },
  {
    name: 'each cluster adds as many services as all may have',
    edits: [['electron/aws/ecs/listing.ts', 'this.#left -= taken.length', 'this.#left -= 0']],
    tests: listing,
  },
  {
    name: 'a large account is listed as often as a small one',
    edits: [['electron/core/containers/containers.ts', 'const REST_FACTOR = 9', 'const REST_FACTOR = 0']],
    tests: ['electron/core/containers/containers.test.ts'],
  },
  {
    name: 'a blocked account is asked again and again',
    edits: [['electron/aws/errors/ecs.ts', "case 'BlockedException':", "case 'BlockedExceptions':"]],
    tests: ['electron/aws/errors/ecs.test.ts'],
  },
]
