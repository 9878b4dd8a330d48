import type { z } from 'zod';
import { AlphaError } from '../errors/alpha-error.js';
import type { Strategy } from './define-strategy.js';

/** The little we read of a zod 4 schema. By shape, not by class: a plug-in may bring its own copy of zod. */
interface SchemaDef {
  readonly type: string;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly catchall?: unknown;
}

const WRAPPERS = new Set(['default', 'prefault', 'optional', 'nonoptional', 'nullable', 'readonly', 'catch']);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Checks parameters against the strategy's schema and fills in its defaults. Where the schema wants a number or a boolean, a
 * text that spells one (`fast=5` on a command line) is taken for it; the schema then judges the value as usual. Unknown
 * parameters are refused. Throws `STRATEGY_PARAM_INVALID`, which lists every problem with its path.
 */
export function parseParams<Params>(strategy: Strategy<Params>, raw: unknown = {}): Params {
  const shape = objectShape(strategy.params);
  const given = shape !== null && isRecord(raw) ? read(raw, shape.fields) : raw;
  const problems: string[] = [];
  if (shape !== null && isRecord(raw) && shape.closed) {
    const known = Object.keys(shape.fields);
    for (const key of Object.keys(raw)) {
      if (!Object.hasOwn(shape.fields, key)) problems.push(`${key}: unknown; there is ${known.join(', ') || 'none'}`);
    }
  }
  const result = (strategy.params as z.ZodType<Params>).safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) {
      // A strict schema finds unknown keys too; they are listed already.
      if (issue.code === 'unrecognized_keys' && issue.path.length === 0) continue;
      problems.push(`${issue.path.join('.') || '(all)'}: ${issue.message}`);
    }
  }
  if (result.success && problems.length === 0) return result.data;
  throw new AlphaError(
    'STRATEGY_PARAM_INVALID',
    `Parameters of strategy "${strategy.name}" are wrong. ${problems.join('. ')}. See \`alpha strategy show ${strategy.name}\`.`,
    { context: { strategy: strategy.name, problems } },
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function defOf(schema: unknown): SchemaDef | null {
  const def = (schema as { readonly _zod?: { readonly def?: SchemaDef } } | undefined)?._zod?.def;
  return def ?? null;
}

/** The definition under defaults, optionals and pipes: what the input has to be. */
function innermost(schema: unknown): SchemaDef | null {
  let def = defOf(schema);
  while (def !== null) {
    if (WRAPPERS.has(def.type)) def = defOf(def.innerType);
    else if (def.type === 'pipe') def = defOf(def.in);
    else break;
  }
  return def;
}

function objectShape(
  schema: unknown,
): { readonly fields: Readonly<Record<string, unknown>>; readonly closed: boolean } | null {
  const def = innermost(schema);
  if (def?.type !== 'object' || def.shape === undefined) return null;
  const rest = defOf(def.catchall);
  return { fields: def.shape, closed: rest === null || rest.type === 'never' };
}

function read(
  raw: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      key,
      typeof value === 'string' && Object.hasOwn(fields, key) ? fromText(value, innermost(fields[key])) : value,
    ]),
  );
}

function fromText(text: string, def: SchemaDef | null): unknown {
  if (def?.type === 'number' && NUMBER.test(text.trim())) return Number(text);
  if (def?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
