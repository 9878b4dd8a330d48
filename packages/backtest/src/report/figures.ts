import type { BacktestMetrics } from '../run/run-backtest.js';
import { changeText, durationText, numberText, percentText } from './format.js';

/** One figure as it is shown: docs/backtest.md has the whole definition. */
export interface Figure {
  readonly id: string;
  readonly label: string;
  readonly definition: string;
  text(metrics: BacktestMetrics): string;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

type Texts = (metrics: BacktestMetrics) => string;

function figure(id: string, label: string, definition: string, text: Texts): Figure {
  return { id, label, definition, text };
}

const RETURN = figure('return', 'Return', 'Last equity over the first, minus one, after all fees.', (m) =>
  changeText(m.totalReturn),
);
const HELD = figure(
  'held',
  'Buy and hold',
  'Last close over the first close, minus one: what the price alone did. Of several symbols each is bought for the same amount.',
  (m) => changeText(m.buyAndHoldReturn),
);
const DRAWDOWN = figure(
  'drawdown',
  'Maximum drawdown',
  'The deepest fall of the equity below an earlier peak, as a share of the peak, at the closes of bars.',
  (m) => percentText(m.maxDrawdown === 0 ? 0 : -m.maxDrawdown),
);
const SHARPE = figure(
  'sharpe',
  'Sharpe ratio',
  'Mean daily return over its standard deviation, made yearly; nothing is taken off for a rate without risk.',
  (m) => numberText(m.sharpe),
);
const TRADES = figure(
  'trades',
  'Trades',
  'From flat to flat, one strategy on one symbol; open ones are not counted.',
  (m) => numberText(m.trades, 0),
);
const WIN_RATE = figure(
  'winrate',
  'Win rate',
  'Trades with a profit above zero after fees, of all closed trades.',
  (m) => percentText(m.winRate),
);

/** The first things one asks. */
export const KEY_FIGURES: readonly Figure[] = [RETURN, HELD, DRAWDOWN, SHARPE, TRADES, WIN_RATE];

export const FIGURE_GROUPS: readonly FigureGroup[] = [
  {
    title: 'Result',
    figures: [
      figure('initial', 'Initial equity', 'What the account began with.', (m) => numberText(m.initialEquity)),
      figure('final', 'Final equity', 'Cash and what is held, at the last price.', (m) => numberText(m.finalEquity)),
      figure('peak', 'Equity peak', 'The highest equity at the close of a bar.', (m) => numberText(m.equityPeak)),
      RETURN,
      HELD,
      figure('cagr', 'CAGR', 'Return a year, compounded; a year is 365.25 days. Needs at least a day.', (m) =>
        changeText(m.cagr),
      ),
      figure('fees', 'Fees paid', 'Of all fills, and for holding positions over night.', (m) => numberText(m.feesPaid)),
    ],
  },
  {
    title: 'Risk',
    figures: [
      figure('volatility', 'Volatility', 'Standard deviation of daily returns, made yearly.', (m) =>
        percentText(m.volatility),
      ),
      SHARPE,
      figure('sortino', 'Sortino ratio', 'As the Sharpe ratio, but over the deviation of the losing days only.', (m) =>
        numberText(m.sortino),
      ),
      figure('calmar', 'Calmar ratio', 'CAGR over the maximum drawdown.', (m) => numberText(m.calmar)),
      DRAWDOWN,
      figure('avgdrawdown', 'Average drawdown', 'Mean depth of all falls below a peak.', (m) =>
        percentText(m.averageDrawdown === null ? null : -m.averageDrawdown),
      ),
      figure('longest', 'Longest drawdown', 'From the peak until it was reached again, or to the end.', (m) =>
        durationText(m.longestDrawdownMs),
      ),
      figure(
        'tail',
        'Tail ratio',
        'The 95th percentile of daily returns over the 5th, without signs. Needs 20 days.',
        (m) => numberText(m.tailRatio),
      ),
    ],
  },
  {
    title: 'Trading',
    figures: [
      TRADES,
      WIN_RATE,
      figure('best', 'Best trade', 'Highest profit of a trade over the value of what it opened.', (m) =>
        changeText(m.bestReturn),
      ),
      figure('worst', 'Worst trade', 'The lowest of the same.', (m) => changeText(m.worstReturn)),
      figure('average', 'Average trade', 'Mean of the returns of all trades.', (m) => changeText(m.averageReturn, 3)),
      figure('factor', 'Profit factor', 'All profits over all losses, in money.', (m) => numberText(m.profitFactor)),
      figure('expectancy', 'Expectancy', 'Mean profit of a trade, in money.', (m) => numberText(m.expectancy)),
      figure(
        'sqn',
        'SQN',
        'Expectancy over the standard deviation of the profits, times the root of the number of trades.',
        (m) => numberText(m.sqn),
      ),
      figure('lasts', 'Average duration', 'Mean time from the first fill of a trade to its last.', (m) =>
        durationText(m.averageDurationMs),
      ),
      figure('exposure', 'Exposure', 'Bars at whose close something was held, of all bars.', (m) =>
        percentText(m.exposure),
      ),
      figure('turnover', 'Turnover', 'Value bought and sold a year, over the mean equity.', (m) =>
        numberText(m.turnover),
      ),
    ],
  },
];
