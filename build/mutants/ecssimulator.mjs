// Mutants of the simulated Amazon ECS. See build/mutants.mjs.

export const ecsSimulatorMutants = [
  {
    name: 'the simulator ends an exec session with its container, although its agent says nothing',
    edits: [
      [
        'electron/simulator/ecs/containers/taskcontainer.ts',
        'async #mainEnded(exitCode: number): Promise<void> {\n    this.#loseAgent()',
        'async #mainEnded(exitCode: number): Promise<void> {',
      ],
    ],
    tests: ['electron/simulator/ecs/ecs.test.ts'],
  },
  {
    name: 'the simulator sends SIGTERM to a PID 1 that has no handler for it',
    edits: [
      [
        'electron/simulator/ecs/containers/process.ts',
        'this.#hasEnded || !handlesTerm(pid)) return',
        'this.#hasEnded) return',
      ],
    ],
    tests: ['electron/simulator/ecs/ecs.test.ts'],
  },
  {
    name: 'the simulator kills what a hangup leaves in a container',
    edits: [
      [
        'electron/simulator/shells/pty.ts',
        'if (program.isHungUpOnly === true) {',
        "if (program.isHungUpOnly === true) {\n        pty.kill('SIGKILL')",
      ],
    ],
    tests: ['electron/simulator/ecs/containers/taskcontainer.test.ts'],
  },
  {
    name: 'the agent of a simulated container takes any number of sessions',
    edits: [['electron/simulator/gateway/workers.ts', 'this.#running.size >= this.#limit', 'this.#limit < 0']],
    tests: ['electron/simulator/gateway/workers.test.ts'],
  },
  {
    name: 'the simulator takes overrides of any length',
    edits: [
      [
        'electron/simulator/ecs/operations/runchecks.ts',
        'JSON.stringify(request.overrides ?? {}).length > MAX_OVERRIDES',
        'MAX_OVERRIDES < 0',
      ],
    ],
    tests: ['electron/simulator/ecs/operations/runchecks.test.ts'],
  },
  {
    name: 'the simulator runs a task without iam:PassRole',
    edits: [
      [
        'electron/simulator/ecs/operations/demands.ts',
        "role === undefined ? [] : [{ action: 'iam:PassRole'",
        "role !== '' ? [] : [{ action: 'iam:PassRole'",
      ],
    ],
    tests: ['electron/simulator/ecs/operations/demands.test.ts'],
  },
  {
    name: 'a deployment of the simulator stops the old tasks before the new ones run',
    edits: [
      [
        'electron/simulator/ecs/services.ts',
        "status === 'RUNNING').length >= this.#desired",
        "status !== 'STOPPED').length >= 0",
      ],
    ],
    tests: ['electron/simulator/ecs/services.test.ts'],
  },
]
