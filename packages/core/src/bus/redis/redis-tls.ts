import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { AlphaError } from '../../errors/alpha-error.js';
import type { RedisTarget } from './redis-url.js';

/** What Node's TLS needs beside the address. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/**
 * Reads the certificates that the target names; undefined without TLS. With a private authority only that one is trusted,
 * without it those that Node trusts. Throws `CONFIG_INVALID` for a file that cannot be read.
 */
export function redisTls({ tls, files, kind, nodes }: RedisTarget): RedisTls | undefined {
  if (!tls) return undefined;
  const { host } = nodes[0]!;
  const { ca, cert, key } = files;
  return {
    ...(ca !== undefined && { ca: pem(ca, 'ca') }),
    ...(cert !== undefined && { cert: pem(cert, 'cert') }),
    ...(key !== undefined && { key: pem(key, 'key') }),
    // A server that answers for several names is told which; an address is no name.
    ...(kind === 'single' && isIP(host) === 0 && { servername: host }),
  };
}

function pem(path: string, setting: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AlphaError('CONFIG_INVALID', `REDIS_URL names a file with ${setting}=${path} that cannot be read.`, {
      context: { path },
      cause,
    });
  }
}
