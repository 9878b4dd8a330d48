import { type InstanceSpec, parseParams, type Strategy } from '@alpha-engine/core';
import { describeParams } from '../../plugins/describe-params.js';
import { type LoadedStrategy, loadStrategy } from '../../plugins/load-strategy.js';
import { chosenStrategy } from '../chosen-strategy.js';
import { splitNamed, usage } from './per-symbol.js';
import type { BacktestRequest } from './request.js';

export interface PlayedStrategy extends LoadedStrategy {
  readonly params: unknown;
  readonly symbols: readonly string[];
}

/** The strategies of a run, each with its own parameters, on all symbols or on those it names. Throws `USAGE` and `STRATEGY_*`. */
export async function strategiesOf(
  request: BacktestRequest,
  symbols: readonly string[],
): Promise<readonly PlayedStrategy[]> {
  const { config, folder, strategies } = request;
  const loaded: (LoadedStrategy & { readonly symbols: readonly string[] })[] = [];
  for (const text of strategies) {
    const [label, name, on] = wordsOf(text, symbols);
    const one = await loadStrategy(name, folder);
    loaded.push({ ...one, symbols: on, ...(label !== undefined && { strategy: { ...one.strategy, label } }) });
  }
  if (strategies.length === 0) loaded.push({ ...(await chosenStrategy(config, folder)), symbols });
  refuseTwins(loaded, symbols);
  const paramsOf = sharedOut(
    config.strategyParams,
    loaded.map(({ strategy }) => strategy),
  );
  return loaded.map((one) => ({ ...one, params: parseParams(one.strategy, paramsOf(one.strategy)) }));
}

export function instancesOf(played: readonly PlayedStrategy[], { config }: BacktestRequest): readonly InstanceSpec[] {
  const { exchange, timeframe } = config;
  return played.flatMap(({ codeHash, params, strategy, symbols }) =>
    symbols.map((symbol) => ({ strategy, params, exchange, symbol, timeframe, codeHash })),
  );
}

/** `[label=]name[@SYMBOL,…]`. The name of a package may begin with an `@` itself. */
function wordsOf(text: string, symbols: readonly string[]) {
  const [label, rest] = splitNamed(text);
  const at = rest.lastIndexOf('@');
  const on = rest.slice(at + 1).split(',');
  if (at > 0 && on.every((symbol) => symbols.includes(symbol))) return [label, rest.slice(0, at), on] as const;
  return [label, rest, symbols] as const;
}

/** Positions and signals are told apart by label and symbol. */
function refuseTwins(
  loaded: readonly { readonly strategy: Strategy; readonly symbols: readonly string[] }[],
  symbols: readonly string[],
): void {
  for (const symbol of symbols) {
    const labels = loaded.filter((one) => one.symbols.includes(symbol)).map(({ strategy }) => strategy.label);
    const twin = labels.find((label, index) => labels.indexOf(label) !== index);
    if (twin === undefined) continue;
    throw usage(
      `Two strategies on ${symbol} are called "${twin}". Name one otherwise, such as --strategy second=${twin}; its parameters are then --param second.name=value.`,
    );
  }
}

/**
 * Who gets which parameter: `label.name` is one strategy's, `name` is of every strategy that has it. A single strategy gets all, so that it
 * says itself what it does not know.
 */
function sharedOut(params: Readonly<Record<string, unknown>>, strategies: readonly Strategy[]) {
  const knows = new Map(strategies.map((strategy) => [strategy, describeParams(strategy).map(({ name }) => name)]));
  const own = (key: string) => strategies.find(({ label }) => key.startsWith(`${label}.`));
  for (const key of Object.keys(params)) {
    if (strategies.length === 1 || own(key) !== undefined) continue;
    if ([...knows.values()].some((names) => names.includes(key))) continue;
    const labels = strategies.map(({ label }) => label).join(', ');
    throw usage(
      `--param ${key} is no parameter of ${labels}. Of one strategy alone: --param ${strategies[0]?.label}.${key}=….`,
    );
  }
  return (strategy: Strategy): Record<string, unknown> => {
    const mine: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(params)) {
      const all = strategies.length === 1 || knows.get(strategy)?.includes(key);
      if (own(key) === undefined && all) mine[key] = value;
    }
    for (const [key, value] of Object.entries(params)) {
      if (own(key) === strategy) mine[key.slice(strategy.label.length + 1)] = value;
    }
    return mine;
  };
}
