import type { EventBus, GroupLag, StreamName, Subscription } from '@alpha-engine/core';

const SUFFIX = ':gmo:BTC_JPY';

/**
 * A bus partitioned by symbol, under the names the suite knows: its `md` streams are those of BTC_JPY. What is published
 * goes where the bus puts it.
 */
export function asOneSymbol(bus: EventBus): EventBus {
  return {
    partition: bus.partition,
    claim: (series, as, atLeast) => bus.claim(series, as, atLeast),
    publish: (writer, events) => bus.publish(writer, events),
    subscribe: async (options) => plain(await bus.subscribe({ ...options, streams: options.streams.map(suffixed) })),
    range: async (stream, after, limit) =>
      (await bus.range(suffixed(stream), after, limit)).map((delivery) => ({ ...delivery, stream })),
    latest: async (stream, before, limit) =>
      (await bus.latest(suffixed(stream), before, limit)).map((delivery) => ({ ...delivery, stream })),
    deadLetters: async (stream, after, limit) =>
      (await bus.deadLetters(suffixed(stream), after, limit)).map((letter) => ({ ...letter, stream })),
    putBack: (stream, ids) => bus.putBack(suffixed(stream), ids),
    streams: async () => (await bus.streams()).map((info) => ({ ...info, stream: bare(info.stream) })),
    lag: async (group) => (await bus.lag(group)).map((lag): GroupLag => ({ ...lag, stream: bare(lag.stream) })),
    dropGroup: (group) => bus.dropGroup(group),
    trim: (stream, keep) => bus.trim(suffixed(stream), keep),
    close: () => bus.close(),
  };
}

function plain(subscription: Subscription): Subscription {
  return {
    read: async (options) => {
      const { deliveries, drained } = await subscription.read(options);
      return { deliveries: deliveries.map((one) => ({ ...one, stream: bare(one.stream) })), drained };
    },
    ack: (stream, ids) => subscription.ack(suffixed(stream), ids),
    seek: (stream, id) => subscription.seek(suffixed(stream), id),
    close: () => subscription.close(),
  };
}

function suffixed(stream: StreamName): StreamName {
  return stream.startsWith('md:') ? `${stream}${SUFFIX}` : stream;
}

function bare(stream: StreamName): StreamName {
  return stream.endsWith(SUFFIX) ? stream.slice(0, -SUFFIX.length) : stream;
}
