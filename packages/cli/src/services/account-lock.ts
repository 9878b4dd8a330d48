import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { acquireLock } from '@alpha-engine/core/process';

/**
 * One engine per account on this host, whichever folder it runs in: a lock in the user's state directory under a hash of
 * exchange and API key. Throws `ACCOUNT_LOCKED`.
 */
export async function lockAccount(exchange: string, apiKey: string): Promise<{ release(): Promise<void> }> {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const folder = join(state, 'alpha-engine', 'accounts');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const account = createHash('sha256').update(`${exchange}\0${apiKey}`).digest('hex').slice(0, 24);
  return acquireLock({
    path: join(folder, `${account}.lock`),
    code: 'ACCOUNT_LOCKED',
    message: `Another engine on this host already trades this ${exchange} account. Stop it first; an account has one engine.`,
  });
}
