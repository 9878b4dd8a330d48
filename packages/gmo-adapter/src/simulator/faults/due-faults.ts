import type { EpochMs } from '@alpha-engine/core';
import type { Fault, FaultOf } from './fault.js';

const DUE_KINDS = ['delay', 'reorder', 'burst', 'slow_reader'] as const;

type DueKind = (typeof DUE_KINDS)[number];
export type DueFault = FaultOf<DueKind>;

export interface DueMoment {
  readonly now: EpochMs;
  /** When the frame before this one leaves the same socket. */
  readonly lastDue: EpochMs;
  draw(): number;
}

/** When a frame may leave that could leave now; infinity: when the fault is over. */
type Due<Kind extends DueKind> = (moment: DueMoment, fault: FaultOf<Kind>) => EpochMs;

const DUES: { readonly [Kind in DueKind]: Due<Kind> } = {
  delay: ({ now }, { by }) => now + by,
  reorder: ({ now, draw }, { within }) => now + draw() * within,
  burst: () => Number.POSITIVE_INFINITY,
  slow_reader: ({ now, lastDue }, { framesPerSecond }) => Math.max(now, lastDue) + 1_000 / framesPerSecond,
};

export function isDueFault(fault: Fault): fault is DueFault {
  return (DUE_KINDS as readonly string[]).includes(fault.kind);
}

export function dueOf(moment: DueMoment, fault: DueFault): EpochMs {
  return (DUES[fault.kind] as Due<DueKind>)(moment, fault);
}
