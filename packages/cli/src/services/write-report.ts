import { type PageParts, type Report, type ReportSection, readPageParts, reportHtml } from '@alpha-engine/backtest';
import { openOutput } from '../output/output-file.js';

/** A report on its way into a file, which appears when it is complete. */
export interface ReportFile {
  write(report: Report, more?: readonly ReportSection[]): Promise<void>;
  /** What was begun is removed where nothing was written. */
  abandon(): Promise<void>;
}

/** Asks for the place before the work begins. Throws `OUTPUT_UNWRITABLE`. */
export async function openReport(name: string): Promise<ReportFile> {
  const file = await openOutput(name);
  const parts: PageParts = await readPageParts();
  return {
    async write(report, more) {
      await file.write([reportHtml(report, parts, more)]);
      await file.keep();
    },
    abandon: () => file.abandon(),
  };
}
