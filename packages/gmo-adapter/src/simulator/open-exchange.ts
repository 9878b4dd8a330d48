import { SimulatedExchange } from '@alpha-engine/core/simulation';
import type { GmoSimulatorOptions } from './options.js';
import type { SimulatorSwitches } from './switches.js';
import { INSTRUMENTS } from './symbols.js';

/** The matching engine and the one account. */
export function openExchange({ balances }: GmoSimulatorOptions, switches: SimulatorSwitches): SimulatedExchange {
  return new SimulatedExchange({
    instruments: INSTRUMENTS,
    balances: balances ?? { JPY: '1000000' },
    feeRounding: switches.feeRounding,
    selfTradeVictim: switches.selfTradeVictim,
    bulkClose: switches.bulkClose,
    accountLosscutRatio: switches.accountLosscutPercent / 100,
    mostOpenOrders: switches.mostActiveOrders ?? Number.POSITIVE_INFINITY,
    mostChanges: switches.mostChanges ?? Number.POSITIVE_INFINITY,
  });
}
