// What every script of this folder needs: where the workspace is, how to run a program, how to install and build.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The exact version the lockfile was written by; called through npx, so that a bare machine needs only npm. */
const PNPM = 'pnpm@10.34.9';
const INSTALL_STAMP = join(root, 'node_modules/.alpha-install');

/** Folders of the published packages, in the order of their dependencies. */
export const packageFolders = ['core', 'gmo-adapter', 'strategies', 'backtest', 'cli'].map((name) =>
  join(root, 'packages', name),
);

export const binary = (name) => join(root, 'node_modules/.bin', name);

/**
 * Runs a program to its end. `output`: `inherit`, `stderr` (both streams to our stderr) or `capture`.
 * Resolves to the exit status and, when captured, what it wrote; rejects only when it cannot be started.
 */
export function run(command, args, { cwd = root, env = {}, output = 'inherit' } = {}) {
  const stdio = { inherit: 'inherit', stderr: ['ignore', 2, 2], capture: ['ignore', 'pipe', 'pipe'] }[output];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status: status ?? 128, signal, text }));
  });
}

export function pnpm(args, options = {}) {
  return run('npx', ['-y', PNPM, ...args], { ...options, env: { CI: 'true', ...options.env } });
}

/** Everything that decides what an installation looks like. */
function installDigest() {
  const hash = createHash('sha256');
  const manifests = readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'package.json'));
  for (const file of [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'examples/package.json',
    'benchmarks/package.json',
    'chaos/package.json',
    ...manifests,
  ]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Installs when nothing is installed or a manifest changed since. Exits the process when the installation fails. */
export async function installWhenNeeded(output = 'inherit') {
  const digest = installDigest();
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === digest) return;
  console.error('Installing the workspace …');
  const { status } = await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { output });
  if (status !== 0) {
    console.error('The installation failed. Is the npm registry reachable?');
    process.exit(status);
  }
  writeFileSync(INSTALL_STAMP, digest);
}

/**
 * Runs a script of every package: `build`, or `build:js` without declarations, which is five times faster. Exits the
 * process when a package does not build.
 */
export async function buildPackages(script = 'build:js') {
  const started = Date.now();
  for (const cwd of packageFolders) {
    const { status, text } = await run('npm', ['run', '--silent', script], { cwd, output: 'capture' });
    if (status !== 0) {
      console.error(`${text}\n${cwd} does not build.`);
      process.exit(status);
    }
  }
  console.error(`Built the packages in ${seconds(started)} s.`);
}

/** Seconds since a moment of `Date.now()`, one decimal. */
export function seconds(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}
