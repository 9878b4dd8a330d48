import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Every rule of the import law and of purity is proved by breaking it: a small workspace outside this one, with one
 * planted file per violation, is checked with our own configuration; each file must be reported by its rule.
 */

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const core = 'packages/core/src';

/** Rule → the file that breaks it → its text. */
const PLANTED: [rule: string, file: string, text: string][] = [
  ['no-cycles', `${core}/market/one.ts`, "import { two } from './two.js';\nexport const one = () => two;"],
  ['not-resolvable', `${core}/market/lost.ts`, "import { x } from './nowhere.js';\nexport const y = x;"],
  ['pure-no-client-library', `${core}/market/fast.ts`, "import { open } from 'lmdb';\nexport const y = open;"],
  ['pure-no-client-library', `${core}/risk/chart.ts`, "import { SMA } from 'trading-signals';\nexport const y = SMA;"],
  ['pure-no-node', `${core}/orders/file.ts`, "import { readFileSync } from 'node:fs';\nexport const y = readFileSync;"],
  ['pure-no-node', `${core}/ledger/wait.ts`, "import { setTimeout } from 'node:timers';\nexport const y = setTimeout;"],
  [
    'pure-stays-pure',
    `${core}/execution/loop.ts`,
    "import { loop } from '../process/index.js';\nexport const y = loop;",
  ],
  ['core-upward-from-errors', `${core}/errors/up.ts`, "import { x } from '../events/base.js';\nexport const y = x;"],
  [
    'core-upward-from-instrument-market',
    `${core}/market/up.ts`,
    "import { x } from '../strategy/base.js';\nexport const y = x;",
  ],
  ['core-upward-from-bus', `${core}/bus/up.ts`, "import { loop } from '../process/index.js';\nexport const y = loop;"],
  [
    'brains-know-nothing-of-each-other',
    `${core}/execution/other.ts`,
    "import { x } from '../strategy/base.js';\nexport const y = x;",
  ],
  [
    'brain-of-decisions-places-no-orders',
    `${core}/strategy/order.ts`,
    "import { x } from '../orders/base.js';\nexport const y = x;",
  ],
  [
    'core-stands-alone',
    `${core}/process/gmo.ts`,
    "import { gmo } from '@alpha-engine/gmo-adapter';\nexport const y = gmo;",
  ],
  ['core-clients-behind-subpaths', `${core}/bus/lmdb.ts`, "import { open } from 'lmdb';\nexport const y = open;"],
  ['core-root-is-light', `${core}/index.ts`, "export { loop } from './process/index.js';"],
  [
    'gmo-adapter-knows-core-only',
    'packages/gmo-adapter/src/smart.ts',
    "import { rsi } from '@alpha-engine/strategies';\nexport const y = rsi;",
  ],
  [
    'gmo-adapter-no-bus',
    'packages/gmo-adapter/src/bus.ts',
    "import { open } from '@alpha-engine/core/embedded';\nexport const y = open;",
  ],
  [
    'strategies-know-core-only',
    'packages/strategies/src/exchange.ts',
    "import { gmo } from '@alpha-engine/gmo-adapter';\nexport const y = gmo;",
  ],
  [
    'strategies-know-core-only',
    'packages/strategies/src/process.ts',
    "import { loop } from '@alpha-engine/core/process';\nexport const y = loop;",
  ],
  ['strategies-no-io', 'packages/strategies/src/file.ts', "import fs from 'node:fs';\nexport const y = fs;"],
  [
    'backtest-knows-core-only',
    'packages/backtest/src/bus.ts',
    "import { open } from '@alpha-engine/core/embedded';\nexport const y = open;",
  ],
  [
    'nothing-imports-cli',
    'packages/strategies/src/cli.ts',
    "import { cli } from '@alpha-engine/cli';\nexport const y = cli;",
  ],
  [
    'no-deep-imports',
    'packages/cli/src/deep.ts',
    "import { x } from '@alpha-engine/core/src/events/base.js';\nexport const y = x;",
  ],
  [
    'no-relative-way-out',
    'examples/deep.ts',
    "import { x } from '../packages/core/src/index.js';\nexport const y = x;",
  ],
  ['source-imports-no-test', `${core}/process/tested.ts`, "import { t } from '../../test/t.js';\nexport const y = t;"],
  [
    'no-development-dependency-in-source',
    'packages/cli/src/dev.ts',
    "import fc from 'fast-check';\nexport const y = fc;",
  ],
];

const INNOCENT: [file: string, text: string][] = [
  // A cycle is reported once, at its first file.
  [`${core}/market/two.ts`, "import { one } from './one.js';\nexport const two = () => one;"],
  [`${core}/events/base.ts`, "import { z } from 'zod';\nexport const x = z;"],
  [`${core}/strategy/base.ts`, "import { createHash } from 'node:crypto';\nexport const x = createHash;"],
  [`${core}/orders/base.ts`, "import { x as y } from '../events/base.js';\nexport const x = y;"],
  [`${core}/bus/embedded/index.ts`, "import { open } from 'lmdb';\nexport const y = open;"],
  [`${core}/process/index.ts`, "import { x } from '../strategy/base.js';\nexport const loop = x;"],
  ['packages/core/test/t.ts', 'export const t = 1;'],
  ['packages/gmo-adapter/src/index.ts', "import { loop } from '@alpha-engine/core';\nexport const gmo = loop;"],
  ['packages/strategies/src/index.ts', "import { SMA } from 'trading-signals';\nexport const rsi = SMA;"],
  ['packages/cli/src/index.ts', "import { open } from '@alpha-engine/core/embedded';\nexport const cli = open;"],
];

/** Expressions no pure folder may hold. */
const IMPURE = [
  'Date.now()',
  'new Date().getTime()',
  'Date()',
  'Math.random()',
  '[1].map(Date.now)',
  'setTimeout(() => 0, 1)',
  'setInterval(() => 0, 1)',
  'setImmediate(() => 0)',
  'process.env.HOME',
  'process.hrtime()',
  'performance.now()',
  'globalThis.setTimeout',
  'crypto.randomUUID()',
  'fetch',
  'console.log(1)',
];
const PURE_FOLDERS = [
  ...['events', 'decimal', 'instrument', 'market', 'strategy', 'orders', 'risk', 'ledger', 'execution'].map(
    (subject) => `${core}/${subject}`,
  ),
  'packages/strategies/src',
];

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'alpha-law-')));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'biome.json', 'biome']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // The temporary folder is no git repository, and has no installed schema file to point at.
  const biome = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  plant('biome.json', JSON.stringify({ ...biome, $schema: undefined, vcs: { enabled: false } }));
  const manifest = {
    dependencies: { zod: '*', lmdb: '*', 'trading-signals': '*' },
    devDependencies: { 'fast-check': '*' },
  };
  plant('package.json', JSON.stringify({ name: 'planted', type: 'module', ...manifest }));
  for (const name of ['zod', 'lmdb', 'trading-signals', 'fast-check']) {
    plant(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    plant(`node_modules/${name}/index.js`, '');
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** Standard output of one of our tools, run in the planted workspace; the exit status is not looked at. */
function output(tool: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin', tool), args, { cwd: folder, maxBuffer: 1e8 }, (error, stdout) => {
      if (stdout === '') reject(error ?? new Error(`${tool} said nothing.`));
      else resolve(stdout);
    });
  });
}

describe('the import law', () => {
  let violations: { rule: { name: string }; from: string }[];
  beforeAll(async () => {
    for (const [file, text] of INNOCENT) plant(file, text);
    for (const [, file, text] of PLANTED) plant(file, text);
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'examples'];
    const report = JSON.parse(await output('depcruise', args));
    violations = report.summary.violations;
  });

  it.each(PLANTED)('%s is enforced in %s', (rule, file) => {
    expect(violations.filter((found) => found.from === file).map((found) => found.rule.name)).toContain(rule);
  });

  it('leaves lawful files alone', () => {
    const innocent = INNOCENT.map(([file]) => file);
    expect(violations.filter((found) => innocent.includes(found.from))).toEqual([]);
  });

  it('has no rule that was never proved', () => {
    const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
      forbidden: { name: string }[];
    };
    const levels = forbidden.filter(({ name }) => name.startsWith('core-upward-from-'));
    const proved = new Set(PLANTED.map(([rule]) => rule));
    expect(levels.filter(({ name }) => proved.has(name)).length).toBeGreaterThanOrEqual(3);
    expect(forbidden.filter((rule) => !levels.includes(rule) && !proved.has(rule.name))).toEqual([]);
  });
});

describe('purity', () => {
  let reported: Set<string>;
  beforeAll(async () => {
    for (const place of PURE_FOLDERS) {
      IMPURE.forEach((expression, index) => {
        plant(`${place}/impure-${index}.ts`, `export const found = () => ${expression};\n`);
      });
      plant(`${place}/pure.ts`, 'export const found = (ts: number) => new Date(ts).getTime() + Math.max(ts, 0);\n');
    }
    plant(`${core}/process/impure.ts`, 'export const found = () => Date.now();\n');
    const args = ['lint', '--reporter=json', '--max-diagnostics=none', 'packages'];
    const report = JSON.parse(await output('biome', args));
    const errors = (report.diagnostics as { severity: string; location: { path: string | { file: string } } }[]).filter(
      ({ severity }) => severity === 'error',
    );
    reported = new Set(errors.map(({ location: { path } }) => (typeof path === 'string' ? path : path.file)));
  });

  it.each(PURE_FOLDERS)('is enforced in %s, for every way out', (place) => {
    const missed = IMPURE.filter((_, index) => !reported.has(`${place}/impure-${index}.ts`));
    expect(missed).toEqual([]);
    expect(reported.has(`${place}/pure.ts`)).toBe(false);
  });

  it('is not asked of the loops', () => {
    expect(reported.has(`${core}/process/impure.ts`)).toBe(false);
  });
});
