import { AlphaError } from '../../errors/alpha-error.js';

/**
 * What a failed command means. `away`: not now, perhaps not sent, perhaps done; sending again may help. `unknown-script`:
 * not done, send the source. `full`: not done, and not until somebody makes room. `final`: no repetition changes it.
 */
export type Trouble = 'away' | 'unknown-script' | 'full' | 'final';

const PASSING =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK |BUSY |NOREPLICAS|UNBLOCKED|FAILOVER|CLUSTER)/;

/** Whether the same command may succeed later: Redis is back then, or has room. */
export function isPassing(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble === 'away' || trouble === 'full';
}

export function troubleOf(error: unknown): Trouble {
  if (AlphaError.is(error)) return error.retryable ? 'away' : 'final';
  const { name, message } = error as Error;
  if (name !== 'ReplyError') return 'away';
  if (message.startsWith('NOSCRIPT')) return 'unknown-script';
  if (/^(OOM|MISCONF)/.test(message)) return 'full';
  return PASSING.test(message) ? 'away' : 'final';
}

const WRONG_DATABASE = /DB index is out of range|invalid DB index/i;

/** What no waiting changes: words of the error's message or code, and what to tell people after "Redis at …". */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /WRONGPASS|NOAUTH|invalid (username-password|password)/i,
    'refused the user or password of REDIS_URL; correct the URL.',
  ],
  [
    WRONG_DATABASE,
    "has no database of that number; correct the number after the host in REDIS_URL (0 to 15, unless the server's `databases` says more).",
  ],
  [
    /NOPERM|ACL failure|The user executing the script/,
    "does not let this user do what the bus does ({reason}); give it the rights of docs/redis.md, or another user's name in REDIS_URL.",
  ],
  [
    /^WRONGTYPE/,
    'has a key with the name of one of our streams and another type; give the bus a Redis or a database number of its own in REDIS_URL.',
  ],
  [
    /certificate required|CERTIFICATE_REQUIRED/,
    'wants a certificate of this client; name it with ?cert=/path/of/cert.pem&key=/path/of/key.pem in REDIS_URL.',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    'shows a certificate that is not trusted ({reason}); name its authority with ?ca=/path/of/ca.pem in REDIS_URL.',
  ],
  [/wrong version number|packet length too long/i, 'does not speak TLS on this port; write redis:// for rediss://.'],
  [/^Protocol error/, 'does not speak the protocol of Redis ({reason}); correct the host or the port of REDIS_URL.'],
  [/cluster support disabled/, 'is no Cluster; write redis:// for redis+cluster:// in REDIS_URL.'],
  [
    /unknown command '?sentinel/i,
    'answers, but is no Sentinel: name the Sentinels, their port is 26379 as a rule, or write redis://host:port for one server in REDIS_URL.',
  ],
  [
    /No such master with that name|got an invalid reply: null/,
    'is not known there: the Sentinels answer, but have no group of this name; correct the name after the hosts in REDIS_URL.',
  ],
];

/** The server does not let us in, or is none: no waiting changes it. */
export function isRefusal(error: Error): boolean {
  return refusalOf(error) !== undefined;
}

/** The number after the host is none of the server's. What is sent all the same would go to its database 0. */
export function isWrongDatabase(error: Error): boolean {
  return WRONG_DATABASE.test(error.message);
}

function refusalOf(error: Error): string | undefined {
  const { message, code = '' } = error as NodeJS.ErrnoException;
  return REFUSALS.find(([words]) => words.test(message) || words.test(code))?.[1];
}

/** What the driver says of a connection that ended before anything was answered: no words for people. */
const NO_ANSWER =
  /^(Stream isn't writeable|Connection is closed|Reached the max retries|Client network socket disconnected|read ECONNRESET|no connection)/;

/** The error a caller sees. `where` is the address without its secrets. */
export function redisError(error: unknown, where: string): AlphaError {
  if (AlphaError.is(error)) return error;
  const known = error instanceof Error ? error : new Error(String(error));
  const { message } = known;
  const options = { context: { where, reason: message }, cause: error };
  const refusal = refusalOf(known);
  if (refusal !== undefined) {
    const reason = message.split('\n')[0]!.slice(0, 160);
    return new AlphaError('BUS_UNUSABLE', `Redis at ${where} ${refusal.replace('{reason}', reason)}`, options);
  }
  switch (troubleOf(known)) {
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
        `Redis at ${where} does not answer (${awayReason(message)}); check that it runs and that REDIS_URL names it, with rediss:// where it speaks TLS and redis:// where it does not.`,
        { ...options, retryable: true },
      );
  }
}

function awayReason(message: string): string {
  return NO_ANSWER.test(message)
    ? 'the connection ends without an answer: it is away, something else than Redis listens there, or one side speaks TLS and the other does not'
    : message;
}
