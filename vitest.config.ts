import { defineConfig } from 'vitest/config'

/** Unit and integration tests: `x.test.ts` beside `x.ts`. Real sockets and real pseudo terminals are used where a room owns them. */
export default defineConfig({
  test: {
    include: ['{electron,shared,renderer,build}/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
    environment: 'node',
    // One less than there are processors by default, which leaves most of a small machine idle: tests wait more than they work.
    maxWorkers: 3,
    // Bounds for what hangs, not for what is slow: a busy machine makes a test of a second take thirty. See e2e/kit/patience.ts.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    setupFiles: ['e2e/kit/patience.ts'],
    expect: { poll: { timeout: 90_000, interval: 20 } },
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
})
