import { defineConfig } from 'tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', lookahead: 'src/lookahead/index.ts', search: 'src/search/index.ts' },
  format: ['esm'],
  dts: true,
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
});
