import { AlphaError } from '../../errors/alpha-error.js';

/**
 * What a failed command means. `away`: not now, perhaps not sent, perhaps done; sending again may help. `unknown-script`:
 * not done, send the source. `full`: not done, and not until somebody makes room. `final`: no repetition changes it.
 */
export type Trouble = 'away' | 'unknown-script' | 'full' | 'final';

const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY |NOREPLICAS|UNBLOCKED|FAILOVER|CLUSTER)/;

export function troubleOf(error: unknown): Trouble {
  if (AlphaError.is(error)) return error.retryable ? 'away' : 'final';
  const { name, message } = error as Error;
  if (name !== 'ReplyError') return 'away';
  if (message.startsWith('NOSCRIPT')) return 'unknown-script';
  if (/^(OOM|MISCONF)/.test(message)) return 'full';
  return PASSING.test(message) ? 'away' : 'final';
}

/** The server does not let us in: no waiting changes it. */
export function isRefusal(error: Error): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM)|invalid (username-password|password)/i.test(error.message);
}

/** The error a caller sees. `where` is the address without its secrets. */
export function redisError(error: unknown, where: string): AlphaError {
  if (AlphaError.is(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const options = { context: { where, reason: message }, cause: error };
  if (isRefusal(error instanceof Error ? error : new Error(message))) {
    return new AlphaError(
      'BUS_UNUSABLE',
      `Redis at ${where} refused the user or password of REDIS_URL, or that user may not use streams and scripts; correct the URL or the user's rights.`,
      options,
    );
  }
  if (message.startsWith('WRONGTYPE')) {
    return new AlphaError(
      'BUS_UNUSABLE',
      `A key of Redis at ${where} has the name of one of our streams and another type; give the bus a Redis or a database number of its own in REDIS_URL.`,
      options,
    );
  }
  switch (troubleOf(error)) {
    case 'full':
      return new AlphaError(
        'BUS_FULL',
        `Redis at ${where} takes no more entries (${message.slice(0, 60)}); raise its maxmemory, free its disk, or trim the streams.`,
        { ...options, retryable: true },
      );
    case 'final':
      return new AlphaError('BUS_UNUSABLE', `Redis at ${where} refused a command: ${message}`, options);
    default:
      return new AlphaError(
        'BUS_UNAVAILABLE',
        `Redis at ${where} does not answer (${message}); check that it runs and that REDIS_URL names it.`,
        { ...options, retryable: true },
      );
  }
}
