import type { LatencyReport } from '../services/latency.js';
import { table } from './table.js';

const SHOWN = [0.5, 0.95, 0.99, 1];

export function latencyText(report: LatencyReport): string {
  const { measured, out } = report;
  const rows = (['feed', 'order', 'answer'] as const).map((leg) => {
    const delay = report[leg];
    const at = (share: number) =>
      delay.kind === 'quantiles' ? delay.points.find(([one]) => one === share)?.[1] : null;
    const samples = measured.samples[leg];
    return [leg, String(samples), ...SHOWN.map((share) => (samples === 0 ? 'assumed' : `${at(share) ?? '?'} ms`))];
  });
  const head = ['leg', 'measured', 'half below', '95 % below', '99 % below', 'most'];
  const negative = Object.values(measured.negative).reduce((sum, one) => sum + one, 0);
  const hint = negative === 0 ? '' : `\n${negative} came out below zero by the clocks and count as zero.`;
  return `${table(head, rows)}${hint}${out === null ? '' : `\nWritten to ${out}.`}`;
}
