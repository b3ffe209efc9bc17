// Mutants of containers: finding one, listing them, their shells and their forwards. See build/mutants.mjs.

const finding = ['electron/core/environments/containers.test.ts']
const list = ['electron/core/containers/containers.test.ts']

export const containerMutants = [
  {
    name: 'a container whose exec agent does not run is chosen',
    edits: [
      [
        'electron/core/environments/containers.ts',
        "return container.exec.kind === 'ready' && container.target !== undefined",
        'return container.target !== undefined',
      ],
    ],
    tests: finding,
  },
  {
    name: 'the task that is left is chosen again',
    edits: [
      [
        'electron/core/environments/containers.ts',
        'const others = good.filter((container) => !avoid.includes(container.target))',
        'const others = good',
      ],
    ],
    tests: finding,
  },
  {
    name: 'a forward on a service stays on a task that is gone',
    edits: [
      [
        'electron/core/environments/picking.ts',
        "if (target.kind === 'ecs') return isServiceTarget(target.target)",
        "if (target.kind === 'ecs') return false",
      ],
    ],
    tests: ['electron/core/environments/picking.test.ts'],
  },
  {
    name: 'containers that no page watches are listed for ever',
    edits: [
      [
        'electron/core/containers/containers.ts',
        'return watchedAt !== undefined && this.#options.now() - watchedAt < WATCH_MS',
        'return watchedAt !== undefined',
      ],
    ],
    tests: list,
  },
  {
    name: 'a third shell in a container is opened',
    edits: [
      ['electron/core/environments/containershells.ts', 'if (own.size >= MOST) throw', 'if (own.size > MOST) throw'],
    ],
    tests: ['electron/core/environments/containershells.test.ts'],
  },
  {
    name: 'a cluster that may not be listed hides the others',
    edits: [['electron/aws/ecs/listing.ts', "if (error.code !== 'access-denied') throw error", 'throw error']],
    tests: ['electron/aws/ecs/listing.test.ts'],
  },
]
