import type { Cut } from '../world/tripwire.js';

/** What one run is made of; its name says it all, so that one that failed can be repeated. */
export interface SweepRun {
  readonly scenario: string;
  readonly answer: string;
  /** Where each life is cut; the one after the last is not. */
  readonly cuts: readonly Cut[];
}

/** For example `reversal/unanswered/before-37`, or with `,after-12` for the second life. */
export function nameOf({ answer, cuts, scenario }: SweepRun): string {
  const where = cuts.map(({ at, when }) => `${when}-${at}`).join(',') || 'whole';
  return `${scenario}/${answer}/${where}`;
}

/** Undoes `nameOf`; throws a sentence for what is none. */
export function runNamed(name: string): SweepRun {
  const [scenario = '', answer = '', where = ''] = name.split('/');
  const cuts = where === 'whole' ? [] : where.split(',').map((text) => cutNamed(name, text));
  return { scenario, answer, cuts };
}

function cutNamed(name: string, text: string): Cut {
  const [, when, at] = /^(before|after)-([1-9]\d*)$/.exec(text) ?? [];
  if (when === undefined) throw new Error(`"${name}" names no run; one looks like entry/unanswered/before-37.`);
  return { at: Number(at), when: when as Cut['when'] };
}
