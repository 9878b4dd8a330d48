// pnpm bench [--json] [name …]: runs every benchmarks/<name>.ts that exports `run(): Promise<BenchRow[]>`, each in a
// process of its own and against the built packages, and prints a table or one JSON array. A missed bar is a figure,
// not a failure; a benchmark that throws is.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { provideRedis } from './provide-redis.mjs';
import { buildPackages, installWhenNeeded, root } from './workspace.mjs';

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const folder = join(root, 'benchmarks');
const outFolder = join(folder, 'dist');

await installWhenNeeded('stderr');
await buildPackages();
process.env.REDIS_SERVER_BIN ??= provideRedis() ?? 'redis-server';
const names = transpile();
const missing = wanted.filter((name) => !names.includes(name));
if (missing.length > 0) {
  console.error(`There is no benchmark "${missing.join('", "')}". There are: ${names.join(', ')}.`);
  process.exit(2);
}

const machine = describeMachine();
const rows = [];
const failures = [];
for (const name of wanted.length > 0 ? wanted : names) {
  console.error(`Measuring ${name} …`);
  try {
    rows.push(...(await measure(name)));
  } catch (error) {
    failures.push(name);
    console.error(error.message);
  }
}
console.log(json ? JSON.stringify(rows, null, 2) : `${machine}\n\n${table(rows)}`);
if (failures.length > 0) {
  console.error(`Failed: ${failures.join(', ')}.`);
  process.exitCode = 1;
}

/** Every .ts below benchmarks/ becomes a .js at the same place below benchmarks/dist. Returns the names of benchmarks. */
function transpile() {
  rmSync(outFolder, { recursive: true, force: true });
  const found = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(folder, file);
    if (!entry.isFile() || !name.endsWith('.ts') || /(^|\/)(node_modules|dist)\//.test(name)) continue;
    const source = readFileSync(file, 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    });
    const target = join(outFolder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    if (!name.includes('/') && /export (async function run|const run)\b/.test(source)) found.push(name.slice(0, -3));
  }
  return found.sort();
}

/** Runs one benchmark in a new process; what it prints goes to stderr, its rows come back by message. */
function measure(name) {
  const module = pathToFileURL(join(outFolder, `${name}.js`)).href;
  const program = `const { run } = await import(${JSON.stringify(module)}); const rows = await run();
    process.send(rows, () => process.disconnect());`;
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
      if (status === 0 && Array.isArray(result)) resolve(result);
      else reject(new Error(`The benchmark ${name} ended with status ${status} and no rows.`));
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
