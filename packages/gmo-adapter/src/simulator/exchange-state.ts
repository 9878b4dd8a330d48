/** `EMERGENCY` is a maintenance that nobody announced. */
export type ExchangeState = 'OPEN' | 'PREOPEN' | 'MAINTENANCE' | 'EMERGENCY';

/** Nothing is answered but that it is closed. */
export function isClosed(state: ExchangeState): boolean {
  return state === 'MAINTENANCE' || state === 'EMERGENCY';
}
