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
  return { code, message: oneSentence(message), exit: ERROR_CODES[code].exit, context: {} };
}

/** oclif writes a heading, the flag and what is wrong with it on lines of their own, and a pointer to the help below. */
function oneSentence(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  const said = lines.filter(
    (line) => line !== '' && !/^(The following errors? occurred:|See more help with --help)$/.test(line),
  );
  return said.join(' ').replace(/^Parsing (--\S+) /, '$1: ');
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
