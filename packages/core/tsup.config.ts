import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    embedded: 'src/bus/embedded/index.ts',
    redis: 'src/bus/redis/index.ts',
    postgres: 'src/store/postgres/index.ts',
    archive: 'src/archive/index.ts',
    simulation: 'src/simulation/index.ts',
    process: 'src/process/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm'],
  dts: true,
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
});
