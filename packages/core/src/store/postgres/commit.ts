import type { StepRecord } from '../store.js';
import { writeBars } from './bars.js';
import { writeEquity, writeFills, writePositions } from './books.js';
import { advance, clearOutbox, writeInputs, writeOutbox } from './brains.js';
import type { Session } from './database.js';
import { writeOrderEvents, writeOrders } from './orders.js';
import { writeSignals, writeVerdicts } from './signals.js';

/** Writes one batch inside the caller's transaction: rows that others point at come first. */
export async function commitStep(session: Session, record: StepRecord): Promise<void> {
  if ((await advance(session, record)) === 'repeated') return;
  const { brain, batch, bars, signals, verdicts, orders, orderEvents, fills, positions, equity, outbox } = record;

  if (bars?.length) await writeBars(session, bars);
  if (signals?.length) await writeSignals(session, signals);
  if (verdicts?.length) await writeVerdicts(session, verdicts);
  if (orders?.length) await writeOrders(session, orders);
  if (orderEvents?.length) await writeOrderEvents(session, orderEvents);
  if (fills?.length) await writeFills(session, fills);
  if (positions?.length) await writePositions(session, positions);
  if (equity?.length) await writeEquity(session, brain, equity);
  if (record.inputs !== null && record.inputs !== undefined) await writeInputs(session, record);
  if (record.publishedBatch !== undefined) await clearOutbox(session, brain, record.publishedBatch);
  if (outbox?.length) await writeOutbox(session, brain, batch, outbox);
}
