/**
 * What an error code of GMO Coin says about the request that got it.
 *
 * - `refused`: nothing happened; `auth`: nothing happened, the key, its rights or its signature are wrong; `clock`: nothing happened,
 *   the timestamp was off; `maintenance`: nothing happened, the exchange is closed; `throttled` and `overload`: on a read, try later;
 *   on a placement the outcome counts as unknown, because neither is documented to mean that nothing was done.
 *
 * A code that is not in the table says nothing: on a placement the outcome is unknown.
 */
export type CodeOutcome = 'refused' | 'auth' | 'clock' | 'maintenance' | 'throttled' | 'overload';

/**
 * Why: too many requests, the exchange closed, a right that is missing, a request that was wrong or late, money or margin that is
 * missing, or something at the exchange.
 */
export type CodeCause = 'rate_limited' | 'maintenance' | 'permission' | 'our_mistake' | 'funds' | 'other';

export interface CodeEntry {
  readonly outcome: CodeOutcome;
  readonly cause: CodeCause;
  readonly meaning: string;
}

export const GMO_ERROR_CODES: Readonly<Record<string, CodeEntry>> = {
  'ERR-70': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'The side is wrong for the position that is to be closed.',
  },
  'ERR-151': {
    outcome: 'overload',
    cause: 'other',
    meaning: 'The service is not available; cancels of unknown orders get this too.',
  },
  'ERR-189': { outcome: 'refused', cause: 'our_mistake', meaning: 'The size to close exceeds the open position.' },
  'ERR-200': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'Active orders exist and the size exceeds what may still be ordered.',
  },
  'ERR-201': { outcome: 'refused', cause: 'funds', meaning: 'There are not enough funds.' },
  'ERR-208': { outcome: 'refused', cause: 'funds', meaning: 'The size exceeds the coins that are available.' },
  'ERR-254': { outcome: 'refused', cause: 'our_mistake', meaning: 'The position does not exist.' },
  'ERR-422': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'There is no position to close on this symbol and side.',
  },
  'ERR-423': { outcome: 'refused', cause: 'our_mistake', meaning: 'The size to close exceeds all that can be closed.' },
  'ERR-430': { outcome: 'refused', cause: 'our_mistake', meaning: 'The order id or execution id is not valid.' },
  'ERR-554': { outcome: 'overload', cause: 'other', meaning: 'The server is not available.' },
  'ERR-626': { outcome: 'overload', cause: 'other', meaning: 'The server is busy.' },
  'ERR-635': { outcome: 'refused', cause: 'our_mistake', meaning: 'There are too many active orders.' },
  'ERR-682': { outcome: 'refused', cause: 'funds', meaning: 'A margin call is outstanding.' },
  'ERR-683': { outcome: 'refused', cause: 'funds', meaning: 'A margin call is being processed.' },
  'ERR-754': { outcome: 'refused', cause: 'funds', meaning: 'The amount exceeds what may be transferred.' },
  'ERR-846': { outcome: 'refused', cause: 'our_mistake', meaning: 'The time span is longer than 30 minutes.' },
  'ERR-913': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'A sale of collateral must be whole or leave the minimum.',
  },
  'ERR-5003': { outcome: 'throttled', cause: 'rate_limited', meaning: 'Too many requests were sent.' },
  'ERR-5007': {
    outcome: 'auth',
    cause: 'our_mistake',
    meaning: 'The API-TIMESTAMP header is missing or not a number.',
  },
  'ERR-5008': {
    outcome: 'clock',
    cause: 'our_mistake',
    meaning: "The request's timestamp is later than the exchange's clock.",
  },
  'ERR-5009': {
    outcome: 'clock',
    cause: 'our_mistake',
    meaning: "The request's timestamp is earlier than the exchange's clock.",
  },
  'ERR-5010': {
    outcome: 'auth',
    cause: 'permission',
    meaning: 'The signature is wrong; most often the API secret is.',
  },
  'ERR-5011': { outcome: 'auth', cause: 'permission', meaning: 'The API key is empty or malformed.' },
  'ERR-5012': {
    outcome: 'auth',
    cause: 'permission',
    meaning: 'The API key, its address list or its permissions do not allow this.',
  },
  'ERR-5014': {
    outcome: 'auth',
    cause: 'permission',
    meaning: "The member agreement is not completed on the exchange's site.",
  },
  'ERR-5016': {
    outcome: 'refused',
    cause: 'other',
    meaning: 'The history query took too long; ask for a shorter range.',
  },
  'ERR-5106': { outcome: 'refused', cause: 'our_mistake', meaning: 'A request parameter is not valid.' },
  'ERR-5111': { outcome: 'refused', cause: 'our_mistake', meaning: 'The time in force is not valid.' },
  'ERR-5114': { outcome: 'refused', cause: 'our_mistake', meaning: 'A number has too many decimals.' },
  'ERR-5118': { outcome: 'refused', cause: 'our_mistake', meaning: 'A loss-cut price is not allowed here.' },
  'ERR-5121': { outcome: 'refused', cause: 'our_mistake', meaning: 'The order price is too low or too high.' },
  'ERR-5122': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'The state of the order does not allow this; most often it is final.',
  },
  'ERR-5123': { outcome: 'refused', cause: 'our_mistake', meaning: 'The order does not exist.' },
  'ERR-5125': { outcome: 'refused', cause: 'permission', meaning: 'Trading by API is restricted for this account.' },
  'ERR-5126': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'The size is below the minimum or above the maximum.',
  },
  'ERR-5127': { outcome: 'refused', cause: 'permission', meaning: 'The account or its API connection is restricted.' },
  'ERR-5129': { outcome: 'refused', cause: 'our_mistake', meaning: 'The stop price would trigger at once.' },
  'ERR-5133': { outcome: 'refused', cause: 'permission', meaning: 'Transfers are restricted for this account.' },
  'ERR-5135': { outcome: 'refused', cause: 'permission', meaning: 'The account has no FX account.' },
  'ERR-5201': { outcome: 'maintenance', cause: 'maintenance', meaning: 'Regular maintenance.' },
  'ERR-5202': { outcome: 'maintenance', cause: 'maintenance', meaning: 'Emergency maintenance.' },
  'ERR-5203': {
    outcome: 'maintenance',
    cause: 'maintenance',
    meaning: 'Only cancels are taken before the market opens.',
  },
  'ERR-5204': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'The path does not exist; REST_BASE_URL may be wrong.',
  },
  'ERR-5206': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'This order was changed too often; cancel it and order again.',
  },
  'ERR-5207': {
    outcome: 'refused',
    cause: 'our_mistake',
    meaning: 'The symbol, interval or date is not valid, or REST_BASE_URL is wrong.',
  },
  'ERR-5208': { outcome: 'refused', cause: 'our_mistake', meaning: 'Order id and execution id were given together.' },
};

/** Undefined for a code that is not documented. */
export function codeEntry(code: string): CodeEntry | undefined {
  return Object.hasOwn(GMO_ERROR_CODES, code) ? GMO_ERROR_CODES[code] : undefined;
}
