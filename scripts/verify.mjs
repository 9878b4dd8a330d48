// pnpm verify [step …]: every gate but the tests, one line each with its seconds. Nothing stops at the first failure;
// what failed is shown at the end, whole. Ends with one line that a machine can read: "N passed, N failed".
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { binary, installWhenNeeded, packageFolders, root, run, seconds } from './workspace.mjs';

const node = process.execPath;
const script = (path, ...args) => [node, [join(root, path), ...args]];
const perPackage = (command, args) => packageFolders.map((cwd) => [command, args, { cwd }]);
/** What users get, as `pack` left it; a function, because it is not there before. */
const tarballs = join(root, 'temp/tarballs');
const perTarball = (command, args) =>
  (existsSync(tarballs) ? readdirSync(tarballs) : ['nothing was packed']).map((name) => [
    command,
    [...args, join(tarballs, name)],
    { name },
  ]);

/** Name → the commands it consists of, one after the other. Later steps read what `build` wrote. */
const STEPS = {
  lint: [[binary('biome'), ['check', '--error-on-warnings', '--max-diagnostics=50', '.']]],
  'import law': [
    [
      binary('depcruise'),
      ['--config', '.dependency-cruiser.cjs', 'packages', 'examples', 'benchmarks', 'chaos', 'proofs', 'scripts'],
    ],
  ],
  'nothing unused': [[binary('knip'), []]],
  types: [
    [binary('tsc'), ['-p', 'tsconfig.json', '--noEmit']],
    // What runs in a browser, with the types of one.
    [binary('tsc'), ['-p', 'packages/backtest/page', '--noEmit']],
  ],
  schemas: [script('packages/core/scripts/write-schemas.mjs', '--check')],
  docs: [script('scripts/write-docs.mjs', '--check'), script('packages/cli/scripts/write-docs.mjs', '--check')],
  build: perPackage('npm', ['run', '--silent', 'build']),
  'api reports': [script('scripts/api-reports.mjs')],
  pack: [script('scripts/pack.mjs', tarballs)],
  publint: () => perTarball(binary('publint'), ['--strict']),
  'types resolve': () => perTarball(binary('attw'), ['--profile', 'esm-only']),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`There is no step "${unknown.join('", "')}". There are: ${Object.keys(STEPS).join(', ')}.`);
  process.exit(2);
}

await installWhenNeeded();
const names = wanted.length > 0 ? wanted : Object.keys(STEPS);
const failures = [];
for (const name of names) {
  const started = Date.now();
  const output = await outputOfFailure(STEPS[name]);
  if (output !== null) failures.push({ name, output });
  console.log(`${output === null ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${seconds(started).padStart(6)} s`);
}

for (const { name, output } of failures) console.log(`\n--- ${name} ---\n${output.trimEnd()}`);
if (failures.length > 0) console.log(`\nFailed: ${failures.map(({ name }) => name).join(', ')}.`);
console.log(`${names.length - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** What the failing commands of a step wrote, or null when all succeeded. */
async function outputOfFailure(step) {
  const commands = typeof step === 'function' ? step() : step;
  let output = null;
  for (const [command, args, { name, ...options } = {}] of commands) {
    const env = { FORCE_COLOR: '0', NO_COLOR: '1' };
    const { status, text } = await run(command, args, { ...options, env, output: 'capture' });
    if (status === 0) continue;
    const where = name ?? basename(options.cwd ?? '');
    output = `${output ?? ''}${where === '' ? '' : `${where}:\n`}${text}\n`;
  }
  return output;
}
