import { AlphaError } from '@alpha-engine/core';
import { acquireLock } from '@alpha-engine/core/process';

/** Tries for a lock when told to, says what came of it, and stays until it is killed. */
const [path] = process.argv.slice(2) as [string];
process.stdin.once('data', async () => {
  try {
    await acquireLock({ path, code: 'DATA_FOLDER_LOCKED', message: 'It is locked.' });
    process.stdout.write('held\n');
  } catch (error) {
    process.stdout.write(`${AlphaError.is(error) ? error.code : String(error)}\n`);
  }
});
process.stdout.write('ready\n');
