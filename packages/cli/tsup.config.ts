import { defineConfig } from 'tsup';

// src/index.ts stays among the entries, so that shared chunks land in dist/ and oclif does not take one for a command.
export default defineConfig({
  entry: ['src/index.ts', 'src/commands/**/*.ts', 'src/hooks/*.ts', 'src/workers/*.ts'],
  format: ['esm'],
  dts: { entry: ['src/index.ts'] },
  splitting: true,
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
});
