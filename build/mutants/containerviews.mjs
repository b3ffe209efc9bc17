// Mutants of the window's containers and ephemeral sessions. See build/mutants.mjs.

export const containerViewMutants = [
  {
    name: 'a filter hides a service that matches by itself but has no task',
    edits: [
      [
        'renderer/containers/listing.ts',
        'if (matching.length === 0 && !isMatch(serviceText(service))) return []',
        'if (matching.length === 0) return []',
      ],
    ],
    tests: ['renderer/containers/listing.test.ts'],
  },
  {
    name: 'the command of AWS is offered with a name that a shell would take apart',
    edits: [
      ['renderer/containers/words.ts', 'if (!isPlain) return undefined', 'if (isPlain === undefined) return undefined'],
    ],
    tests: ['renderer/containers/words.test.ts'],
  },
  {
    name: 'a new command of a service forgets those of the other services',
    edits: [
      [
        'renderer/containers/openings.ts',
        'const commands = command === DEFAULT_COMMAND ? others : [...others, [serviceId, command] as const]',
        'const commands = command === DEFAULT_COMMAND ? others : [[serviceId, command] as const]',
      ],
    ],
    tests: ['renderer/containers/openings.test.ts'],
  },
  {
    name: 'reopening a closed ephemeral session starts a task without asking',
    edits: [['renderer/store/tabs.ts', 'if (asked === undefined) addTab(', 'if (asked !== last) addTab(']],
    tests: ['renderer/store/opening.test.ts'],
  },
  {
    name: 'a session beside one in a container goes to any task of the service',
    edits: [
      [
        'renderer/store/opening.ts',
        'if (same === undefined) return { ...there, target }',
        'return { ...there, target }',
      ],
    ],
    tests: ['renderer/store/opening.test.ts'],
  },
  {
    name: 'the last minute of an ephemeral session is not told',
    edits: [['renderer/ephemeral/words.ts', '[10 * MINUTE_MS, MINUTE_MS]', '[10 * MINUTE_MS]']],
    tests: ['renderer/ephemeral/words.test.ts'],
  },
  {
    name: 'the time of a step that has failed goes on',
    edits: [['renderer/ephemeral/words.ts', '(endAt ?? nowAt)', 'nowAt']],
    tests: ['renderer/ephemeral/words.test.ts'],
  },
  {
    name: 'a forward on a named task counts as one on a service',
    edits: [['renderer/containers/words.ts', "&& 'service' in parseEcsTarget(target).of", '']],
    tests: ['renderer/containers/words.test.ts', 'renderer/forwards/words/via.test.ts'],
  },
  {
    name: 'Enter in an ephemeral terminal that has ended starts a task unasked',
    edits: [
      [
        'renderer/store/tabs.ts',
        'if (service === undefined) void restartTerminal',
        'if (service !== undefined) void restartTerminal',
      ],
    ],
    tests: ['renderer/store/opening.test.ts'],
  },
  {
    name: 'any missing file offers another command',
    edits: [['renderer/containers/openings.ts', '/unable to start command.*(', '/(']],
    tests: ['renderer/containers/openings.test.ts'],
  },
]
