import type { Html } from './html.js';
import type { Report } from './report.js';

/**
 * One part of the page. To add one: write a file in `sections/` that exports a `ReportSection`, its markup made by the `html` template
 * (which escapes every value), with the classes of `page/report.css` (`table`, `heat`, `note`, `num`); name it in `report-html.ts`, or hand it
 * to `reportHtml` where it is made only sometimes, such as the heat map of a search. A section needs no script: charts and the trade table are the only ones that have.
 */
export interface ReportSection {
  /** Of the element, for links. */
  readonly id: string;
  readonly title: string;
  /** Null: there is nothing to show, the section is left out. */
  body(report: Report): Html | null;
}
