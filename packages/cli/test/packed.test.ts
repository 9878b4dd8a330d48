import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

/**
 * What users get: the four tarballs, installed by npm in an empty folder outside the workspace. Needs the npm registry (or its
 * cache) for the packages of others, and the JavaScript built, as `npm test` does.
 */

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'alpha-packed-'));
const tarballs = join(folder, 'tarballs');
/** The user's project, with the product installed, and a folder beside it without any package. */
const project = join(folder, 'project');
const bare = join(folder, 'bare');

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

it('packs four packages that need nothing of the workspace', async () => {
  expect(readdirSync(tarballs).length).toBe(4);
  for (const name of ['core', 'gmo-adapter', 'strategies', 'cli']) {
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
