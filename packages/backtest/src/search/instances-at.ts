import { AlphaError, type InstanceSpec, parseParams } from '@alpha-engine/core';
import type { BacktestOptions } from '../run/backtest-options.js';
import type { Point } from './parameter-space.js';

/** A back-test whose strategies have parameters that they take, those that are searched over among them. */
export type TrialOptions = BacktestOptions & { readonly daysPerYear?: number };

/**
 * The strategies of a back-test with the parameters of a point: `fast` is of every strategy that has one, `label.fast` of one. A single
 * strategy gets all of them.
 */
export function instancesAt({ instances }: TrialOptions, point: Point): readonly InstanceSpec[] {
  const single = new Set(instances.map(({ strategy }) => strategy.label)).size === 1;
  return instances.map((spec) => {
    const params = { ...(spec.params as Readonly<Record<string, unknown>>) };
    const prefix = `${spec.strategy.label}.`;
    for (const [name, value] of Object.entries(point)) {
      if (name.startsWith(prefix)) params[name.slice(prefix.length)] = value;
      else if (single || Object.hasOwn(params, name)) params[name] = value;
    }
    return { ...spec, params };
  });
}

/** Says why the strategies do not take a point, in the words of their schemas; null when they do. */
export function refusals(options: TrialOptions): (point: Point) => string | null {
  return (point) => {
    try {
      for (const { params, strategy } of instancesAt(options, point)) parseParams(strategy, params);
      return null;
    } catch (fault) {
      if (AlphaError.is(fault)) return fault.message;
      throw fault;
    }
  };
}
