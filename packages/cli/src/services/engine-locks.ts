import {
  accountLockPath,
  acquireLock,
  BrainOwnership,
  executionClaim,
  type Lock,
  type LockQueueOptions,
  strategyClaim,
} from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import type { SecretCredentials } from '../config/secret.js';

/**
 * One engine per account on this host, whichever folder or database it uses. Engines on the same database (`place`) do not
 * exclude each other: there one is the other's standby. Throws `ACCOUNT_LOCKED`.
 */
export async function lockAccount(
  exchange: string,
  { apiKey }: SecretCredentials,
  place: string | undefined,
): Promise<Lock> {
  return acquireLock({
    path: await accountLockPath({ exchange, apiKey }, process.env),
    ...(place !== undefined && { among: place }),
    code: 'ACCOUNT_LOCKED',
    message: `Another engine on this host already trades this ${exchange} account, with other records. Stop it first: an account has one engine.`,
  });
}

/** Waits until the brains of this engine are nobody else's; throws as `BrainOwnership.obtain` does. */
export function ownBrains(
  config: Config,
  credentials: SecretCredentials | undefined,
  parts: Pick<LockQueueOptions, 'locks' | 'logger' | 'onStandby'>,
  signal: AbortSignal,
): Promise<BrainOwnership> {
  const { engineName: name, exchange, symbols } = config;
  const claims = [
    ...(config.enableStrategy ? [strategyClaim({ exchange, symbols, ...(name !== undefined && { name }) })] : []),
    ...(config.enableExecution ? [executionClaim(exchange, credentials?.apiKey)] : []),
  ];
  return BrainOwnership.obtain({ ...parts, claims }, signal);
}
