import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const BOT = fileURLToPath(new URL('../../../../examples/bot.ts', import.meta.url));
const JITI = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));

it('the fifteen-line bot prints signals of the market it reads', async () => {
  const { env } = await startSimulator(await tempFolder(), ['--speed', '60', '--hold', '3']);
  const bot = spawn(process.execPath, [JITI, BOT], { env: { ...process.env, ...env, JITI_FS_CACHE: 'false' } });
  let errors = '';
  bot.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  try {
    const seen: string[] = [];
    for await (const line of createInterface({ input: bot.stdout })) if (seen.push(line) === 2) break;
    expect(seen, errors).toHaveLength(2);
    expect(seen[0]).toMatch(/^enter_long \d+ golden_cross$/);
    expect(seen[1]).toMatch(/^exit \d+ dead_cross$/);
  } finally {
    bot.kill('SIGKILL');
  }
}, 60_000);
