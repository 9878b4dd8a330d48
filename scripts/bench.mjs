// pnpm bench [--json] [name …]: runs every benchmarks/<name>.ts that exports `run(): Promise<BenchRow[]>`, each in a
// process of its own and against the built packages, and prints a table or one JSON array. A missed bar is a figure,
// not a failure; a benchmark that throws is. A program that exports `report(): Promise<string>` instead has tables of its own and runs
// only when it is named: pnpm bench scaling.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { provideRedis } from './provide-redis.mjs';
import { transpileFolder } from './transpile-folder.mjs';
import { buildPackages, installWhenNeeded, root } from './workspace.mjs';

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const folder = join(root, 'benchmarks');
const outFolder = join(folder, 'dist');

await installWhenNeeded('stderr');
await buildPackages();
process.env.REDIS_SERVER_BIN ??= provideRedis() ?? 'redis-server';
const programs = (await transpileFolder(folder, outFolder)).filter((name) => !name.includes('/'));
const names = programs
  .filter((name) => /export (async function run|const run)\b/.test(sourceOf(name)))
  .map(bare)
  .sort();
const reports = programs.filter((name) => /export async function report\b/.test(sourceOf(name))).map(bare);
const missing = wanted.filter((name) => ![...names, ...reports].includes(name));
if (missing.length > 0) {
  console.error(`There is no benchmark "${missing.join('", "')}". There are: ${[...names, ...reports].join(', ')}.`);
  process.exit(2);
}

const machine = describeMachine();
const rows = [];
const texts = [];
const failures = [];
for (const name of wanted.length > 0 ? wanted : names) {
  console.error(`Measuring ${name} …`);
  try {
    if (reports.includes(name)) texts.push(await measure(name, 'report'));
    else rows.push(...(await measure(name, 'run')));
  } catch (error) {
    failures.push(name);
    console.error(error.message);
  }
}
if (json) console.log(JSON.stringify(rows, null, 2));
else console.log([machine, ...(rows.length > 0 ? [table(rows)] : []), ...texts].join('\n\n'));
if (failures.length > 0) {
  console.error(`Failed: ${failures.join(', ')}.`);
  process.exitCode = 1;
}

function sourceOf(name) {
  return readFileSync(join(folder, name), 'utf8');
}

function bare(name) {
  return name.slice(0, -3);
}

/** Runs one benchmark in a new process; what it prints goes to stderr, its rows or its text come back by message. */
function measure(name, method) {
  const module = pathToFileURL(join(outFolder, `${name}.js`)).href;
  const program = `const { ${method} } = await import(${JSON.stringify(module)}); const result = await ${method}();
    process.send(result, () => process.disconnect());`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program], {
      cwd: folder,
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    let result;
    child.once('message', (message) => {
      result = message;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0 && result !== undefined) resolve(result);
      else reject(new Error(`The benchmark ${name} ended with status ${status} and no result.`));
    });
  });
}

/** What the figures depend on. The load is the one before the first benchmark: that of others. */
function describeMachine() {
  const day = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0].toFixed(1);
  return `${day}, Node ${process.versions.node}, ${availableParallelism()} cores, load ${load} before the first benchmark`;
}

function table(results) {
  const lines = results.map((row) => [
    row.name,
    row.value === null ? '' : `${figure(row.value)} ${row.unit}`,
    row.ratio === null ? '' : `${row.ratio.toFixed(2)}x`,
    row.bar,
    row.met === null ? 'not measured' : row.met ? 'met' : 'MISSED',
    row.reference,
    row.note ?? '',
  ]);
  const head = ['benchmark', 'value', 'ratio', 'bar', '', 'reference', 'note'];
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column].length)));
  const print = (line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [print(head), ...lines.map(print)].join('\n');
}

function figure(value) {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : Number(value.toPrecision(3)).toString();
}
