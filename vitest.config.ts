import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['source'], noExternal: [/^@tagtree\//] }

/** Workspace packages resolve to their sources, so tests never run against a stale build. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  // The environment in which Vitest loads the global set-up.
  environments: { __vitest__: { resolve } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: ['packages/engines/src/testing/shared-engines.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
