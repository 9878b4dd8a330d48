import { AlphaError, type EventBus } from '@alpha-engine/core';

/** A bus that can be away: calls wait then, as on Redis, and fail once `close` ends them. */
export function withOutage(bus: EventBus): { readonly bus: EventBus; goAway(): void; comeBack(): void } {
  let away: Promise<void> | null = null;
  let end: () => void = () => {};
  let closed = false;
  const reached = async () => {
    while (away !== null) await away;
    if (closed) throw new AlphaError('BUS_CLOSED', 'The bus was closed.');
  };
  const guarded: Partial<EventBus> = {
    claim: async (...args) => {
      await reached();
      return bus.claim(...args);
    },
    publish: async (...args) => {
      await reached();
      return bus.publish(...args);
    },
    close: async () => {
      closed = true;
      end();
      away = null;
    },
  };
  const comeBack = () => {
    away = null;
    end();
  };
  return {
    bus: new Proxy(bus, {
      get: (target, name) => {
        const own = guarded[name as keyof EventBus];
        if (own !== undefined) return own;
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
    goAway: () => {
      away ??= new Promise((resolve) => {
        end = resolve;
      });
    },
    comeBack,
  };
}
