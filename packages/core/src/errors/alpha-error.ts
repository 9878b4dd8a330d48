import { ERROR_CODES, type ErrorCode } from './codes.js';

/** Recognises our errors across two installed copies of the package, where `instanceof` would fail. */
const MARKER = Symbol.for('@alpha-engine/error');

export interface AlphaErrorOptions {
  /** The values the sentence speaks of. Never a secret. */
  context?: Readonly<Record<string, unknown>>;
  cause?: unknown;
  /** True when the same call may succeed later without anybody changing anything. */
  retryable?: boolean;
}

/** The one family of faults: a stable code, a full sentence that says what to do, and the values in it. */
export class AlphaError extends Error {
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: AlphaErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AlphaError';
    this.code = code;
    this.context = options.context ?? {};
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** The process exit status that goes with the code. */
  get exitStatus(): number {
    return ERROR_CODES[this.code].exit;
  }

  static is(value: unknown, code?: ErrorCode): value is AlphaError {
    if (typeof value !== 'object' || value === null || !(MARKER in value)) return false;
    return code === undefined || (value as unknown as AlphaError).code === code;
  }
}
