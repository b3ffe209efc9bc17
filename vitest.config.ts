import { defineConfig } from 'vitest/config'
import { LongestFirst } from './build/tests/order.ts'

/** Unit and integration tests: `x.test.ts` beside `x.ts`. Real sockets and real pseudo terminals are used where a room owns them. */
export default defineConfig({
  test: {
    environment: 'node',
    // Files share a process and the modules that they import, which takes a third of the time. A test that changes a module or the
    // process's environment must put it back.
    isolate: false,
    // Vitest's default is one less than there are processors, which leaves most of a small machine idle: tests wait as long as they
    // work.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Bounds for what hangs, not for what is slow: a busy machine makes a test of a second take thirty. See e2e/kit/patience.ts.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['e2e/kit/patience.ts'],
    expect: { poll: { timeout: 90_000, interval: 20 } },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['{electron,shared,renderer,build}/**/*.test.{ts,tsx}'] },
      },
      {
        extends: true,
        test: { name: 'whole', include: ['e2e/**/*.test.ts'], globalSetup: ['e2e/kit/programs/bundles.ts'] },
      },
    ],
  },
})
