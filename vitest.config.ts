import { defineConfig } from 'vitest/config'

/** Unit and integration tests: `x.test.ts` beside `x.ts`. Real sockets and real pseudo terminals are used where a room owns them. */
export default defineConfig({
  test: {
    include: ['{electron,shared,renderer,build}/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts'],
    environment: 'node',
    // One less than there are processors by default, which leaves half of a small machine idle.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
})
