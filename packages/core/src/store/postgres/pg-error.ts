import { AlphaError } from '../../errors/alpha-error.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'EAI_AGAIN',
]);
/** Connection exceptions, shutting down, starting up, too many connections, out of memory. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53...)$/;
/** Wrong password, no such role, no such database. */
const NOT_ADMITTED = /^(28...|3D000)$/;
const NO_TLS = /server does not support SSL/i;
/** What Node calls a certificate that it does not believe. */
const NOT_TRUSTED = /CERT|^UNABLE_TO_/;
/** Waited too long for a statement, a lock or our next statement: nothing was committed. */
const TOO_SLOW = new Set(['57014', '55P03', '25P03']);
/** The code is missing where the embedded database failed below PostgreSQL. */
const DISK_FULL = '53100';
const NO_SPACE = /no space left on device|ENOSPC/i;
const READ_ONLY = '25006';
/** Serialisation failure, deadlock: the same call may succeed. */
const COLLIDED = /^40...$/;
const LOST =
  /connection terminated|timeout exceeded|query read timeout|client has encountered a connection error|not queryable|after calling end on the pool/i;

/** Gives a failure of the client or the database its code. Errors of ours pass through. */
export function toStoreError(error: unknown): Error {
  if (AlphaError.is(error)) return error;
  if (!(error instanceof Error)) return new AlphaError('STORE_FAILED', `The database failed: ${String(error)}.`);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const context = code === undefined ? {} : { sqlState: code };
  const because = `${error.message}${code === undefined ? '' : ` (${code})`}`;

  if (code !== undefined && NOT_ADMITTED.test(code)) {
    return new AlphaError('STORE_UNAVAILABLE', `The database does not admit us: ${because}. Check DATABASE_URL.`, {
      context,
      cause: error,
    });
  }
  if (NO_TLS.test(error.message) || (code !== undefined && NOT_TRUSTED.test(code))) {
    return new AlphaError(
      'STORE_UNAVAILABLE',
      NO_TLS.test(error.message)
        ? 'The database server has TLS switched off, and DATABASE_URL asks for it. Switch it on there, or leave sslmode out of the address.'
        : `The certificate of the database is not trusted: ${because}. Name its authority in DATABASE_URL with sslrootcert=/path/of/ca.pem, and the host as the certificate does.`,
      { context, cause: error },
    );
  }
  if (code === DISK_FULL || code === 'ENOSPC' || NO_SPACE.test(error.message)) {
    return new AlphaError(
      'STORE_UNAVAILABLE',
      `The disk of the database is full: ${because}. Nothing was committed; free some space there, and it goes on.`,
      { context, cause: error, retryable: true },
    );
  }
  if (code === READ_ONLY) {
    return new AlphaError(
      'STORE_UNAVAILABLE',
      `The database takes no writes: ${because}. It is a standby or was made read-only; point DATABASE_URL to the primary.`,
      // After a failover the same address may lead to a server that writes.
      { context, cause: error, retryable: true },
    );
  }
  if (code !== undefined && TOO_SLOW.has(code)) {
    return new AlphaError(
      'STORE_UNAVAILABLE',
      `The database is too slow: ${because}. Look for locks and load there, or raise ALPHA_DATABASE_TIMEOUT_MS.`,
      { context, cause: error, retryable: true },
    );
  }
  if ((code !== undefined && (UNREACHABLE.has(code) || UNAVAILABLE.test(code))) || LOST.test(error.message)) {
    return new AlphaError(
      'STORE_UNAVAILABLE',
      `The database cannot be reached: ${because}. Check that it is running.`,
      {
        context,
        cause: error,
        retryable: true,
      },
    );
  }
  return new AlphaError('STORE_FAILED', `The database refused a statement: ${because}.`, {
    context,
    cause: error,
    retryable: code !== undefined && COLLIDED.test(code),
  });
}
