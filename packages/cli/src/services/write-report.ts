import { rename, rm, writeFile } from 'node:fs/promises';
import { type PageParts, type Report, type ReportSection, readPageParts, reportHtml } from '@alpha-engine/backtest';
import { unwritable } from '../output/tell-output-errors.js';

/** A report on its way into a file, which appears when it is complete. */
export interface ReportFile {
  write(report: Report, more?: readonly ReportSection[]): Promise<void>;
  /** What was begun is removed where nothing was written. */
  abandon(): Promise<void>;
}

/** Asks for the place before the work begins. Throws `OUTPUT_UNWRITABLE`. */
export async function openReport(file: string): Promise<ReportFile> {
  const draft = `${file}.${process.pid}.part`;
  await writable(file, () => writeFile(draft, ''));
  const parts: PageParts = await readPageParts();
  return {
    write: (report, more) =>
      writable(file, async () => {
        await writeFile(draft, reportHtml(report, parts, more));
        await rename(draft, file);
      }),
    abandon: () => rm(draft, { force: true }),
  };
}

async function writable(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await rm(`${file}.${process.pid}.part`, { force: true });
    throw unwritable(file, error);
  }
}
