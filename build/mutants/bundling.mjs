// Mutants of the bundles' part of the AWS SDK and of the order of the test files. See build/mutants.mjs.

const parts = ['build/sdkparts.test.ts']

export const bundlingMutants = [
  {
    name: 'a bundle has all of each package of the SDK',
    edits: [['build/sdkparts.mjs', "kind === 'dynamic-import' ?", "kind === 'require-call' ?"]],
    tests: parts,
  },
  {
    name: 'an import of a whole package of the SDK is not noticed',
    edits: [['build/sdkparts.mjs', 'if (found.length !== (', 'if (found.length > (']],
    tests: parts,
  },
  {
    name: 'computed keys of the schemas stay, and with them all schemas',
    edits: [['build/sdkparts.mjs', 'words.get(name) ?? whole', 'whole']],
    tests: parts,
  },
  {
    name: 'the longest test files do not start first',
    edits: [['build/tests/order.ts', 'if (place !== -1) return place', 'if (place === 0) return place']],
    tests: ['build/tests/order.test.ts'],
  },
]
