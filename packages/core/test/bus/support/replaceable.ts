import type { EventBus } from '@alpha-engine/core';

/** A bus in whose place another can be put, as a server that comes back without what it had. */
export function replaceable(first: EventBus): { readonly bus: EventBus; replace(by: EventBus): void } {
  let current = first;
  return {
    bus: new Proxy<EventBus>(first, {
      get: (_, name) => {
        const value = Reflect.get(current, name);
        return typeof value === 'function' ? value.bind(current) : value;
      },
    }),
    replace: (by) => {
      current = by;
    },
  };
}
