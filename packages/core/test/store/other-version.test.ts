import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectServerDatabase, createPostgresStore } from '../../src/store/postgres/index.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startServer, type TestServer } from './support/start-server.js';

const ALPHA = fileURLToPath(new URL('../../../cli/bin/run.js', import.meta.url));
const COMMANDS = [['status'], ['archive', '--archive-to', 'postgres'], ['data', 'ls']];

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** Exit status and error of each command, from processes of their own. */
async function refusals(databaseUrl: string) {
  await using folder = await temporaryFolder();
  const env = { PATH: process.env.PATH, HOME: folder.path, DATABASE_URL: databaseUrl, ALPHA_ARCHIVE_TO: 'postgres' };
  const run = async (command: readonly string[]) => {
    const running = promisify(execFile)(process.execPath, [ALPHA, ...command, '--json'], { cwd: folder.path, env });
    const { code, stderr } = await running.then(
      () => ({ code: 0, stderr: '' }),
      (failure: { code: number; stderr: string }) => failure,
    );
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string } };
    return { command: command[0], exit: code, code: error.code, message: error.message };
  };
  return await Promise.all(COMMANDS.map(run));
}

test('a server of a newer version is refused in one sentence by what writes to it and by what reads it', async () => {
  const url = await server.newDatabase();
  const { pool, close } = await connectServerDatabase({ url });
  await createPostgresStore(pool).migrate();
  await pool.query("INSERT INTO schema_migrations (version, name, checksum) VALUES (99, 'of tomorrow', 'x')");
  await close();
  const message = expect.stringMatching(/^The database has migration 99 \(of tomorrow\), which this version does not/);
  expect(await refusals(url)).toEqual(
    COMMANDS.map(([command]) => ({ command, exit: 5, code: 'STORE_NEWER_SCHEMA', message })),
  );
}, 60_000);
