import { parseParams } from './parse-params.js';
import type { InstanceSpec } from './runner-types.js';
import { shortHash } from './signal-id.js';
import { stableJson } from './stable-json.js';

/**
 * Name of an instance: its label, and a hash of everything that makes it this one. Parameters are parsed first, so that a
 * default left out and a default written down are the same instance. Throws `STRATEGY_PARAM_INVALID`.
 */
export function instanceIdOf(spec: InstanceSpec): string {
  const params = parseParams(spec.strategy, spec.params);
  const facts = [spec.strategy.name, params, spec.exchange, spec.symbol, spec.timeframe, spec.codeHash];
  return `${spec.strategy.label}-${shortHash(stableJson(facts))}`;
}
