import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));
const exact = (name: string) => new RegExp(`^${name}$`);

// Tests read the sources of every package, so that no test depends on a stale build.
export default defineConfig({
  resolve: {
    alias: [
      { find: exact('@alpha-engine/core'), replacement: source('core/src/index.ts') },
      { find: exact('@alpha-engine/core/embedded'), replacement: source('core/src/bus/embedded/index.ts') },
      { find: exact('@alpha-engine/core/redis'), replacement: source('core/src/bus/redis/index.ts') },
      { find: exact('@alpha-engine/core/postgres'), replacement: source('core/src/store/postgres/index.ts') },
      { find: exact('@alpha-engine/core/archive'), replacement: source('core/src/archive/index.ts') },
      { find: exact('@alpha-engine/core/simulation'), replacement: source('core/src/simulation/index.ts') },
      { find: exact('@alpha-engine/core/process'), replacement: source('core/src/process/index.ts') },
      { find: exact('@alpha-engine/core/testing'), replacement: source('core/src/testing/index.ts') },
      { find: exact('@alpha-engine/gmo-adapter'), replacement: source('gmo-adapter/src/index.ts') },
      { find: exact('@alpha-engine/gmo-adapter/simulator'), replacement: source('gmo-adapter/src/simulator/index.ts') },
      { find: exact('@alpha-engine/strategies'), replacement: source('strategies/src/index.ts') },
      { find: exact('@alpha-engine/backtest'), replacement: source('backtest/src/index.ts') },
      { find: exact('@alpha-engine/backtest/lookahead'), replacement: source('backtest/src/lookahead/index.ts') },
      { find: exact('@alpha-engine/backtest/search'), replacement: source('backtest/src/search/index.ts') },
      { find: exact('@alpha-engine/cli'), replacement: source('cli/src/index.ts') },
    ],
  },
  test: {
    // npm test runs everything but *.long.test.ts, npm run test:long only those.
    include: ['packages/*', 'chaos', 'proofs'].map(
      (folder) => `${folder}/test/**/*${process.env.ALPHA_LONG ? '.long' : ''}.test.ts`,
    ),
    exclude: process.env.ALPHA_LONG ? ['**/node_modules/**'] : ['**/node_modules/**', '**/*.long.test.ts'],
    globalSetup: ['./scripts/provide-redis.mjs'],
    setupFiles: ['./scripts/loopback-only.ts'],
    pool: 'forks',
    maxWorkers: 2,
    disableConsoleIntercept: true,
    testTimeout: process.env.ALPHA_LONG ? 60_000 : 20_000,
    hookTimeout: 30_000,
  },
});
