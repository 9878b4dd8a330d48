import type { DenialEvent, EpochMs, SignalRecord, Store } from '@alpha-engine/core';

/** Verdicts against a signal in the period, with the signals they are about. */
export async function denialsIn(
  store: Store,
  signals: readonly SignalRecord[],
  within: (row: { readonly ts: EpochMs }) => boolean,
): Promise<readonly DenialEvent[]> {
  const byId = new Map(signals.map((signal) => [signal.event.id, signal]));
  const denied = (await store.verdicts({ approved: false })).filter(within);
  return denied.flatMap(({ code = '', inputs, message = '', signalId, ts }) => {
    const signal = byId.get(signalId);
    if (signal === undefined) return [];
    const { action, exchange, strategy, symbol } = signal.event;
    const data = { signal_id: signalId, strategy, action, code, message, inputs };
    return [{ type: 'denial', exchange, symbol, ts, id: signalId, data }];
  });
}
