import type { Strategy } from '@alpha-engine/core';
import { z } from 'zod';

export interface ParamDescription {
  readonly name: string;
  /** In JSON Schema's words. */
  readonly type: string;
  readonly default?: unknown;
  readonly limits: string;
}

/** The parameters of a strategy, for people; none for a schema that JSON Schema cannot say. */
export function describeParams(strategy: Strategy): readonly ParamDescription[] {
  return Object.entries(jsonSchema(strategy)?.properties ?? {}).map(([name, property]) => ({
    name,
    type: property.enum ? property.enum.join(' / ') : String(property.type ?? 'any'),
    ...(property.default !== undefined && { default: property.default }),
    limits: limitsOf(property),
  }));
}

interface Property {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** Undefined for a schema that JSON Schema cannot say; the strategy then describes itself. */
function jsonSchema(strategy: Strategy): { readonly properties?: Readonly<Record<string, Property>> } | undefined {
  try {
    return z.toJSONSchema(strategy.params, { io: 'input' }) as ReturnType<typeof jsonSchema>;
  } catch {
    return undefined;
  }
}

function limitsOf(property: Property): string {
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = property;
  return [
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? `at least ${minimum}` : '',
    exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : '',
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `at most ${maximum}` : '',
    exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
