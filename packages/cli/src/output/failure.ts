import { AlphaError, ERROR_CODES, type ErrorCode } from '@alpha-engine/core';
import { scrub } from '../config/secret.js';

/** What the command line says of an error: stable code, one sentence, exit status. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly exit: number;
  readonly context: Readonly<Record<string, unknown>>;
}

/** oclif's own complaints about flags and arguments carry this. */
interface ParseComplaint extends Error {
  readonly oclif?: { readonly exit?: number };
  readonly parse?: unknown;
}

function failureOf(error: unknown): Failure {
  if (AlphaError.is(error)) {
    return {
      code: error.code,
      message: scrub(error.message),
      exit: ERROR_CODES[error.code]?.exit ?? 1,
      context: error.context,
    };
  }
  const message = scrub(error instanceof Error ? error.message : String(error));
  const complaint = error as ParseComplaint;
  const code = complaint?.parse !== undefined || complaint?.oclif?.exit === 2 ? 'USAGE' : 'UNEXPECTED';
  // oclif appends "See more help with --help" on a line of its own.
  const sentence = message.split('\n').filter(Boolean).join(' ');
  return { code, message: sentence, exit: ERROR_CODES[code].exit, context: {} };
}

/** To stderr: one sentence with its code, or one JSON object. The stack only where somebody debugs. */
export function printFailure(error: unknown, json: boolean, debug: boolean): Failure {
  const failure = failureOf(error);
  const stack = debug && error instanceof Error && error.stack ? scrub(stackOf(error)) : undefined;
  const text = json
    ? scrub(JSON.stringify({ error: stack === undefined ? failure : { ...failure, stack } }))
    : [`${failure.code}: ${failure.message}`, ...(stack === undefined ? [] : [stack])].join('\n');
  process.stderr.write(`${text}\n`);
  return failure;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : '';
  return `${error.stack}${cause}`;
}
