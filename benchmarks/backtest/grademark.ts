import type { Bar, Strategy } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { SMA } from 'trading-signals';
import { fetchPackage } from '../fetch-package.js';
import { FAST, SLOW } from './bars.js';

export const GRADEMARK_VERSION = '0.3.0';
/** Of what it asks for as a peer, and of what it needs and does not name. */
const BESIDE = ['data-forge@1.10.5', 'chai@4.5.0'];

interface AveragedBar {
  readonly time: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly short: number | null;
  readonly long: number | null;
}

interface GrademarkTrade {
  readonly profit: number;
  readonly exitReason: string;
}

/** The little that is used of both. */
interface Frame<Row> {
  toArray(): readonly Row[];
}
interface DataForge {
  readonly DataFrame: new <Row>(rows: readonly Row[]) => Frame<Row>;
}
interface Grademark {
  backtest(strategy: object, frame: Frame<object>): readonly GrademarkTrade[];
}

/** Runs the crossover over these bars; gives back its trades, those that its rules closed. */
export type RunGrademark = (bars: readonly Bar[]) => readonly GrademarkTrade[];

/** Null when it cannot be fetched. */
export async function fetchGrademark(): Promise<RunGrademark | null> {
  const load = await fetchPackage('grademark', GRADEMARK_VERSION, BESIDE);
  if (load === null) return null;
  const { DataFrame } = load('data-forge') as DataForge;
  const { backtest } = load('grademark') as Grademark;
  return (bars) => {
    const rows = bars.map(({ openTs, open, high, low, close }) => ({ time: new Date(openTs), open, high, low, close }));
    const trades = backtest(crossover(DataFrame), new DataFrame(rows));
    return trades.filter(({ exitReason }) => exitReason === 'exit-rule');
  };
}

/** The averages are computed once beforehand, each bar in constant time: what its own indicator package offers is slower. */
function crossover(DataFrame: DataForge['DataFrame']): object {
  type Rule = (act: () => void, args: { readonly bar: AveragedBar }) => void;
  const enter: Rule = (enterPosition, { bar: { short, long } }) => {
    if (short !== null && long !== null && short > long) enterPosition();
  };
  const exit: Rule = (exitPosition, { bar: { short, long } }) => {
    if (short !== null && long !== null && short < long) exitPosition();
  };
  return {
    prepIndicators: ({ inputSeries }: { readonly inputSeries: Frame<Omit<AveragedBar, 'short' | 'long'>> }) => {
      const short = new SMA(FAST);
      const long = new SMA(SLOW);
      const averaged = inputSeries
        .toArray()
        .map((bar): AveragedBar => ({ ...bar, short: short.add(bar.close), long: long.add(bar.close) }));
      return new DataFrame(averaged);
    },
    entryRule: enter,
    exitRule: exit,
  };
}

/** ma-cross as grademark plays it: the bar at whose open an order is filled is no bar to decide on. */
export const patientCross: Strategy = {
  ...maCross,
  name: 'patient-cross',
  label: 'patient-cross',
  create: () => {
    const short = new SMA(FAST);
    const long = new SMA(SLOW);
    let signalled = false;
    return {
      warmup: SLOW,
      onBar(bar, ctx) {
        const a = short.add(bar.close);
        const b = long.add(bar.close);
        const waits = signalled;
        signalled = false;
        if (waits || a === null || b === null) return;
        signalled = ctx.position.isLong ? a < b : a > b;
        if (signalled) return ctx.position.isLong ? ctx.exit() : ctx.enterLong();
      },
    };
  },
};
