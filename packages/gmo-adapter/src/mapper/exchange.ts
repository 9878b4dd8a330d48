/** The name of GMO Coin in events. */
export const EXCHANGE = 'gmo';
