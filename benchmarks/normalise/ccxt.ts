import { fetchPackage } from '../fetch-package.js';

export const CCXT_VERSION = '4.5.84';

interface CcxtTrade {
  readonly price: number;
  readonly amount: number;
  readonly side: string;
  readonly timestamp: number;
}

interface CcxtBook {
  readonly asks: readonly (readonly [number, number])[];
  readonly bids: readonly (readonly [number, number])[];
  readonly timestamp: number;
}

/** The little that is used of a ccxt.pro exchange. */
export interface CcxtExchange {
  setMarkets(markets: readonly object[]): unknown;
  handleMessage(client: object, message: unknown): void;
  readonly trades: Readonly<Record<string, readonly CcxtTrade[]>>;
  readonly orderbooks: Readonly<Record<string, CcxtBook>>;
}

export interface Ccxt {
  readonly pro: { readonly coinone: new () => CcxtExchange };
}

/** With more than 60 MB it is no dependency to ask of everyone who installs the workspace. */
export async function fetchCcxt(): Promise<Ccxt | null> {
  const load = await fetchPackage('ccxt', CCXT_VERSION);
  return load === null ? null : (load('ccxt') as Ccxt);
}
