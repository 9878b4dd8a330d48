// Before the tests: finds a redis-server for those that start their own. Looks at REDIS_SERVER_BIN, then on the PATH, then in
// our cache; otherwise unpacks Debian's packages there, without installing anything or starting a service. When all of
// that fails the tests that need Redis fail with a sentence that says what to do; none is skipped.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['redis-server', 'redis-tools', 'liblzf1', 'libjemalloc2', 'libatomic1', 'libssl3'];
const PROGRAMS = ['redis-server', 'redis-cli', 'redis-benchmark'];
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'alpha-market-engine');
const folder = join(cache, 'redis');

/** Called by vitest once a run; the test processes inherit the environment. */
export default function setup() {
  const found = provideRedis();
  if (found !== undefined) process.env.REDIS_SERVER_BIN = found;
}

/** Path of a redis-server that starts, or undefined. */
export function provideRedis() {
  const known = [process.env.REDIS_SERVER_BIN, 'redis-server', join(folder, 'bin/redis-server')];
  return known.find((path) => path && starts(path)) ?? unpackDebian();
}

function starts(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
}

function unpackDebian() {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  console.error('Fetching a redis-server for the tests …');
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'redis-'));
  try {
    const download = () =>
      spawnSync('apt-get', ['download', ...PACKAGES], { cwd: draft, stdio: 'ignore' }).status === 0;
    // An old list of packages names files that the mirror has no longer.
    if (!download() && (spawnSync('apt-get', ['update'], { stdio: 'ignore' }).status !== 0 || !download()))
      return undefined;
    for (const file of readdirSync(draft).filter((name) => name.endsWith('.deb'))) {
      if (spawnSync('dpkg', ['-x', file, '.'], { cwd: draft, stdio: 'ignore' }).status !== 0) return undefined;
      rmSync(join(draft, file));
    }
    writeLaunchers(draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    const path = join(folder, 'bin/redis-server');
    return starts(path) ? path : undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The programs find the libraries that came with them; `exec` keeps the process id. */
function writeLaunchers(draft) {
  const libraries = readdirSync(join(draft, 'usr/lib')).find((name) =>
    existsSync(join(draft, 'usr/lib', name, 'liblzf.so.1')),
  );
  mkdirSync(join(draft, 'bin'));
  for (const program of PROGRAMS) {
    const path = join(draft, 'bin', program);
    writeFileSync(
      path,
      `#!/bin/sh\nLD_LIBRARY_PATH='${folder}/usr/lib/${libraries}' exec '${folder}/usr/bin/${program}' "$@"\n`,
    );
    chmodSync(path, 0o755);
  }
}
