import type { Bar, Strategy, StrategyInstance } from '@alpha-engine/core';

/** Told before and after every piece of the strategy's code that runs. */
export interface CodeWatch {
  enter(what: string, ts: number | null): void;
  leave(): void;
}

/** The same strategy, watched while its code runs; `warmup: 0` keeps it from being muted by what it declares. */
export function watchedStrategy(strategy: Strategy, watch: CodeWatch, warmup?: 0): Strategy {
  return {
    ...strategy,
    create: (params) => {
      const instance = watching(watch, 'create', null, () => strategy.create(params));
      return watchedInstance(instance, watch, warmup);
    },
  };
}

function watchedInstance(instance: StrategyInstance, watch: CodeWatch, warmup: 0 | undefined): StrategyInstance {
  return watched(instance, watch, warmup, (further) =>
    Object.fromEntries(
      Object.entries(further as NonNullable<StrategyInstance['timeframes']>).map(([name, bars]) => [
        name,
        watched(bars, watch, warmup),
      ]),
    ),
  );
}

/** Methods are called on the object itself, whatever it is. */
function watched<Target extends object>(
  target: Target,
  watch: CodeWatch,
  warmup: 0 | undefined,
  furtherOf?: (further: unknown) => unknown,
): Target {
  return new Proxy(target, {
    get(_target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'warmup' && warmup !== undefined) return warmup;
      if (name === 'timeframes' && value !== undefined && furtherOf !== undefined) return furtherOf(value);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) =>
        watching(watch, String(name), timeOf(args[0]), () => Reflect.apply(value, target, args));
    },
  });
}

function watching<Result>(watch: CodeWatch, what: string, ts: number | null, run: () => Result): Result {
  watch.enter(what, ts);
  try {
    return run();
  } finally {
    watch.leave();
  }
}

/** Of a bar or an event. */
function timeOf(argument: unknown): number | null {
  const { closeTs, ts } = (argument ?? {}) as Partial<Bar & { readonly ts: number }>;
  return closeTs ?? ts ?? null;
}
