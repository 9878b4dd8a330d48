import { CHECKS, RiskGate } from '@alpha-engine/core';
import { alternate, ROUNDS } from './alternate.js';
import type { BenchRow } from './bench-row.js';
import { allowsByHand } from './risk/by-hand.js';
import { type Case, makeCases } from './risk/cases.js';

const CASES = 256;
const CPU_PASSES = 1000;
const BAR = 200_000;

/** Verdicts of the risk gate on entries that every check lets pass, beside the same rules in one condition written by hand. */
export async function run(): Promise<BenchRow[]> {
  const gate = new RiskGate();
  const cases = makeCases(CASES);
  for (const one of cases) mustPass(gate, one);
  const { ratio, rate } = alternate(
    { items: cases, work: ({ intent, view }) => gate.review(intent, view) },
    { items: cases, work: allowsByHand },
  );
  const before = process.cpuUsage();
  for (let pass = 0; pass < CPU_PASSES; pass++) for (const { intent, view } of cases) gate.review(intent, view);
  const { user, system } = process.cpuUsage(before);
  const cpuUs = (user + system) / (CPU_PASSES * CASES);
  return [
    {
      name: 'risk gate, verdicts with all checks on',
      reference:
        'the same rules in one condition by hand, exact numbers too, which keeps no inputs and gives no reason',
      value: rate,
      ratio,
      bar: `≥ ${BAR.toLocaleString('en-US')}/s`,
      met: rate >= BAR,
      unit: 'verdicts/s',
      note: `median of ${ROUNDS} alternating rounds over ${CASES} entries that pass all ${CHECKS.length} checks, half of them limit orders; ${cpuUs.toPrecision(3)} µs of CPU a verdict, which other work hardly disturbs`,
    },
  ];
}

/** A case that is denied early would be cheap. */
function mustPass(gate: RiskGate, one: Case): void {
  const verdict = gate.review(one.intent, one.view);
  if (!verdict.approved) throw new Error(`${one.intent.signalId} is denied: ${verdict.message}`);
  const looked = Object.keys(verdict.inputs).length;
  if (looked !== CHECKS.length)
    throw new Error(`${looked} of ${CHECKS.length} checks looked at ${one.intent.signalId}.`);
  if (!allowsByHand(one)) throw new Error(`The rules by hand refuse ${one.intent.signalId}.`);
}
