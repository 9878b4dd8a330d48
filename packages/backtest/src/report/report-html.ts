import { createHash } from 'node:crypto';
import { timeText } from './format.js';
import { Html, html, jsonScript } from './html.js';
import { pageData } from './page-data.js';
import type { Report } from './report.js';
import type { ReportSection } from './report-section.js';
import { assumptions } from './sections/assumptions.js';
import { charts } from './sections/charts.js';
import { figures } from './sections/figures.js';
import { keyFigures } from './sections/key-figures.js';
import { months } from './sections/months.js';
import { parameters } from './sections/parameters.js';
import { parts } from './sections/parts.js';
import { provenance } from './sections/provenance.js';
import { refusals } from './sections/refusals.js';
import { trades } from './sections/trades.js';

/** What the page carries besides: its script, with the chart library in it, and its style. `readPageParts` reads them. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/**
 * The report as one HTML file that needs nothing else: no request leaves it, its policy forbids any, and only its own script runs. `more`
 * are sections of others, shown after the charts.
 */
export function reportHtml(report: Report, { script, style }: PageParts, more: readonly ReportSection[] = []): string {
  const sections = [
    keyFigures,
    charts,
    months,
    ...more,
    figures,
    parts,
    trades,
    refusals,
    parameters,
    assumptions,
    provenance,
  ];
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; script-src 'sha256-${digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  const title = titleOf(report);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Alpha Market Engine ${report.version}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${Html.trusted(style)}</style>
</head>
<body>
<header>${heading(report, title)}</header>
<main>
${sections.map((section) => sectionHtml(section, report))}</main>
<footer><p>Made ${timeText(report.madeTs)} UTC by Alpha Market Engine ${report.version}. Past results say little about future ones.</p>
<p>Charts by <a href="https://www.tradingview.com/" rel="noreferrer">TradingView</a> Lightweight Charts™, copyright © TradingView, Inc., Apache License 2.0.</p></footer>
${jsonScript('report-data', pageData(report))}
<script>${Html.trusted(script)}</script>
</body>
</html>
`.toString();
}

function sectionHtml(section: ReportSection, report: Report): Html {
  const body = section.body(report);
  if (body === null) return html``;
  const id = `title-${section.id}`;
  return html`<section id="${section.id}" aria-labelledby="${id}"><h2 id="${id}">${section.title}</h2>
${body}</section>
`;
}

const KINDS = {
  'back-test': 'Back-test',
  'walk-forward': 'Walk-forward',
  paper: 'Paper trading',
  live: 'Live trading',
} as const;

function titleOf({ kind, strategies }: Report): string {
  const names = [...new Set(strategies.map(({ label }) => label))];
  return `${KINDS[kind]}: ${names.join(', ')}`;
}

function heading({ exchange, kind, notes, result, strategies }: Report, title: string): Html {
  const markets = [...new Set(strategies.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`))].join(', ');
  const names = title.slice(title.indexOf(': ') + 2);
  return html`<div class="heading"><p class="kind">${KINDS[kind]}</p><button type="button" class="theme" data-theme-switch aria-pressed="false" hidden>Dark</button></div>
<h1>${names}</h1>
<p class="run">${markets} · ${exchange} · <time>${timeText(result.firstTs)}</time> – <time>${timeText(result.lastTs)} UTC</time></p>
${notes.map((note) => html`<p class="warning">${note}</p>`)}`;
}
