import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Alpha } from './support/alpha.js';

/**
 * What users get: the five tarballs, installed by npm in an empty folder outside the workspace. Needs the npm registry (or its
 * cache) for the packages of others, and the JavaScript built, as `npm test` does.
 */

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'alpha-packed-'));
const tarballs = join(folder, 'tarballs');
/** The user's project, with the product installed, and a folder beside it without any package. */
const project = join(folder, 'project');
const bare = join(folder, 'bare');
const binary = join(project, 'node_modules/@alpha-engine/cli/bin/run.js');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    // What npm and vitest put into our own environment must not reach the user's project.
    const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|vitest|node_env|test$)/i.test(name));
    execFile(command, [...args], { cwd, env: Object.fromEntries(kept) }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
      resolve({ status, stdout, stderr });
    });
  });
}

beforeAll(async () => {
  for (const made of [project, bare]) mkdirSync(made);
  const packed = await run(process.execPath, [join(root, 'scripts/pack.mjs'), tarballs], root);
  expect(packed.status, packed.stderr).toBe(0);

  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'bot', private: true, type: 'module' }));
  for (const made of [project, bare]) copyFileSync(join(root, 'examples/my-strategy.ts'), join(made, 'my-strategy.ts'));
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  const installed = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...files], project);
  expect(installed.status, installed.stderr).toBe(0);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('packs five packages that need nothing of the workspace', async () => {
  expect(readdirSync(tarballs).length).toBe(5);
  for (const name of ['core', 'gmo-adapter', 'strategies', 'backtest', 'cli']) {
    const manifest = readFileSync(join(project, 'node_modules/@alpha-engine', name, 'package.json'), 'utf8');
    expect(manifest).not.toMatch(/"(workspace|catalog):/);
    expect(readdirSync(join(project, 'node_modules/@alpha-engine', name))).toContain('LICENSE');
  }
  const tree = await run('npm', ['ls', '--all'], project);
  expect(tree.status, tree.stdout + tree.stderr).toBe(0);
});

it('installs one copy of core', async () => {
  const copies = await run('npm', ['ls', '@alpha-engine/core', '--parseable', '--all'], project);
  expect(
    new Set(
      copies.stdout
        .trim()
        .split('\n')
        .filter((line) => line.includes('core')),
    ).size,
  ).toBe(1);
});

it('answers npx alpha --help with every command', async () => {
  const help = await run('npx', ['alpha', '--help'], project);
  expect(help.status, help.stderr).toBe(0);
  for (const command of ['collect', 'demo', 'engine', 'orders', 'positions', 'status', 'sim', 'strategy', 'config']) {
    expect(help.stdout).toMatch(new RegExp(`^ +${command}\\b`, 'm'));
  }
});

it('loads a TypeScript strategy of the project', async () => {
  const shown = await run('npx', ['alpha', 'strategy', 'show', './my-strategy.ts', '--json'], project);
  expect(shown.status, shown.stderr).toBe(0);
  expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'my-strategy' });
});

it('loads a TypeScript strategy of a folder that has no packages', async () => {
  const alpha = join(project, 'node_modules/.bin/alpha');
  const shown = await run(alpha, ['strategy', 'show', './my-strategy.ts', '--json'], bare);
  expect(shown.status, shown.stderr).toBe(0);
  expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'my-strategy' });
});

it('finds the JSON Schemas of the events by the name of the package', async () => {
  const program = `import trade from '@alpha-engine/core/schemas/trade.json' with { type: 'json' }; console.log(trade.title);`;
  const read = await run(process.execPath, ['--input-type=module', '--eval', program], project);
  expect(read.stdout.trim(), read.stderr).toBe('trade');
});

it('trades a strategy of the project on paper', async () => {
  const simulator = new Alpha(
    ['sim', 'gmo', '--port', '0', '--origin', 'tape', '--json', '--speed', '60', '--hold', '3'],
    {
      folder: project,
      binary,
    },
  );
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  const env = {
    REST_BASE_URL: String(restBaseUrl),
    WS_PUBLIC_URL: String(wsPublicUrl),
    SYMBOLS: 'BTC',
    ALPHA_MAX_SIGNAL_AGE_MS: '600000',
    ALPHA_MAX_DATA_AGE_MS: '600000',
  };
  const strategy = ['--strategy', './my-strategy.ts', '--param', 'length=5', '--timeframe', '1s'];
  const engine = new Alpha(['engine', ...strategy, '--json'], { folder: project, env, binary });
  await engine.line('engine started');
  const collector = new Alpha(['collect'], { folder: project, env, binary });
  await simulator.line('tape ended');
  expect((await collector.end('SIGTERM')).exit).toBe(0);
  const stopped = await engine.end('SIGTERM');
  expect(stopped.exit, stopped.stderr).toBe(0);
  const last = JSON.parse(stopped.stdout.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ msg: 'engine stopped', reconciled: true });
  expect(last.stored.orders).toBeGreaterThan(0);
}, 90_000);

it('runs the bot that imports the library', async () => {
  const source = readFileSync(join(root, 'examples/bot.ts'), 'utf8');
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  writeFileSync(join(project, 'bot.js'), ts.transpileModule(source, { compilerOptions }).outputText);

  const simulator = new Alpha(['sim', 'gmo', '--port', '0', '--json', '--speed', '10'], { folder: project, binary });
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  const env = { PATH: process.env.PATH, REST_BASE_URL: String(restBaseUrl), WS_PUBLIC_URL: String(wsPublicUrl) };
  const bot = spawn(process.execPath, ['bot.js'], { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    let complaint = '';
    bot.stderr.on('data', (data) => {
      complaint += data;
    });
    const [line] = await Promise.race([
      once(createInterface(bot.stdout), 'line'),
      once(bot, 'exit').then(() => [`The bot ended. ${complaint}`]),
    ]);
    expect(line).toMatch(/^(enter_long|enter_short|exit) \d+/);
  } finally {
    bot.kill('SIGKILL');
    await once(bot, 'close');
    await simulator.end('SIGTERM');
  }
}, 60_000);
