/**
 * Frames of the real exchange. Public ones recorded 2026-09-23 by nemanull/arbitrage-observatory (MIT), the book cut to three levels
 * a side; private ones as the API's documentation and its users quote them.
 */
export const TRADE =
  '{"channel":"trades","price":"13659677","side":"BUY","size":"0.003","symbol":"BTC_JPY","timestamp":"2026-09-23T03:25:49.286Z"}';
export const TICKER =
  '{"channel":"ticker","ask":"13660265","bid":"13658273","high":"13685467","last":"13659211","low":"13540729","symbol":"BTC_JPY","timestamp":"2026-09-23T03:25:47.765Z","volume":"963.33"}';
export const BOOK =
  '{"channel":"orderbooks","asks":[{"price":"13660704","size":"0.001"},{"price":"13660910","size":"0.012"},{"price":"13661081","size":"0.02"}],"bids":[{"price":"13658802","size":"0.008"},{"price":"13658299","size":"0.03"},{"price":"13658273","size":"0.002"}],"symbol":"BTC_JPY","timestamp":"2026-09-23T03:25:35.843Z","grouping":"1"}';
export const BAD_SYMBOL = '{"error":"ERR-5106 Invalid request parameter. symbol"}';
export const TOO_MANY = '{"error":"ERR-5003 Request too many."}';

export const EXECUTION =
  '{"channel":"executionEvents","executionId":278233470,"executionPrice":"5309049","executionSize":"0.01","executionTimestamp":"2021-03-06T07:26:35.030Z","executionType":"LIMIT","fee":"0","lossGain":"0","msgType":"ER","orderExecutedSize":"0.01","orderId":1201663589,"orderPrice":"5309049","orderSize":"0.01","orderTimestamp":"2021-03-06T07:25:21.866Z","positionId":86266891,"settleType":"OPEN","side":"SELL","symbol":"BTC_JPY","timeInForce":"FAS"}';
export const ORDER_NEW =
  '{"channel":"orderEvents","executionType":"LIMIT","losscutPrice":"0","msgType":"NOR","orderExecutedSize":"0","orderId":1201501249,"orderPrice":"5300000","orderSize":"0.01","orderStatus":"ORDERED","orderTimestamp":"2021-03-06T05:29:53.188Z","settleType":"OPEN","side":"SELL","symbol":"BTC_JPY","timeInForce":"FAS"}';
export const ORDER_CANCELED =
  '{"cancelType":"USER","channel":"orderEvents","executionType":"LIMIT","losscutPrice":"0","msgType":"COR","orderExecutedSize":"0","orderId":1201501249,"orderPrice":"5299900","orderSize":"0.01","orderStatus":"CANCELED","orderTimestamp":"2021-03-06T05:29:53.188Z","settleType":"OPEN","side":"SELL","symbol":"BTC_JPY","timeInForce":"FAS"}';
export const POSITION =
  '{"channel":"positionEvents","leverage":"4","lossGain":"0","losscutPrice":"5972680","msgType":"OPR","orderdSize":"0","positionId":86266891,"price":"5309049","side":"SELL","size":"0.01","symbol":"BTC_JPY","timestamp":"2021-03-06T07:26:35.030Z"}';
export const SUMMARY =
  '{"channel":"positionSummaryEvents","symbol":"BTC_JPY","side":"BUY","averagePositionRate":"1014484","positionLossGain":"18","sumOrderQuantity":"0.01","sumPositionQuantity":"0.03","timestamp":"2020-06-24T09:53:19.702Z","msgType":"UPDATE"}';

export const SYMBOLS = [
  {
    symbol: 'BTC',
    minOrderSize: '0.00001',
    maxOrderSize: '5',
    sizeStep: '0.00001',
    tickSize: '1',
    takerFee: '0.0005',
    makerFee: '-0.0001',
  },
  {
    symbol: 'ETH',
    minOrderSize: '0.001',
    maxOrderSize: '100',
    sizeStep: '0.0001',
    tickSize: '1',
    takerFee: '0.0005',
    makerFee: '-0.0001',
  },
  {
    symbol: 'BTC_JPY',
    minOrderSize: '0.001',
    maxOrderSize: '5',
    sizeStep: '0.001',
    tickSize: '1',
    takerFee: '0',
    makerFee: '0',
  },
];
