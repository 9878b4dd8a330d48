import { stripVTControlCharacters, styleText } from 'node:util';
import { scrub } from '../config/secret.js';
import type { ChannelFigures, FeedFigures, FeedTotals } from '../services/feed-figures.js';
import type { ChannelState } from '../services/feed-states.js';
import type { KeptLine } from './kept-lines.js';

export interface FeedPicture extends FeedFigures {
  readonly exchange: string;
  readonly upSeconds: number;
  /** Warnings and errors, oldest first. */
  readonly lines: readonly KeptLine[];
}

export interface Screen {
  /** Characters of a line, and lines. */
  readonly width: number;
  readonly height: number;
  readonly colour: boolean;
}

type Style = 'bold' | 'dim' | 'red' | 'yellow';

interface Line {
  readonly text: string;
  readonly style?: Style | undefined;
}

interface Column {
  readonly head: string;
  /** Where the screen is too narrow, the highest goes first; 0 stays. */
  readonly spare: number;
  readonly left?: boolean;
  readonly cell: (row: ChannelFigures) => string;
}

const COLUMNS: readonly Column[] = [
  { head: 'symbol', spare: 0, left: true, cell: ({ symbol }) => symbol },
  { head: 'channel', spare: 0, left: true, cell: ({ channel }) => channel },
  { head: 'messages', spare: 4, cell: ({ messages }) => whole(messages) },
  { head: 'per s', spare: 2, cell: ({ perSecond }) => fixed(perSecond, 1) },
  { head: 'age s', spare: 1, cell: ({ ageSeconds }) => fixed(ageSeconds, 1) },
  { head: 'lag ms', spare: 3, cell: ({ lagSeconds }) => fixed(inMs(lagSeconds), 0) },
  { head: 'state', spare: 0, left: true, cell: ({ state }) => state },
];

const STYLES: Readonly<Partial<Record<ChannelState, Style>>> = {
  waiting: 'dim',
  stale: 'yellow',
  preopen: 'yellow',
  maintenance: 'yellow',
  refused: 'red',
  disconnected: 'red',
};

const BETWEEN = '  ';
/** Lines that stay for warnings when there are more channels than fit. */
const LEAST_WARNINGS = 4;

/**
 * The live table of a collector as at most `height` lines. Where not all channels fit, those that are not live come first, and the
 * others are summed up in one line. Colours say nothing that the words do not.
 */
export function feedTable(picture: FeedPicture, screen: Screen): string[] {
  const { channels } = picture;
  const warnings = picture.lines.map((line) => wrapped(warning(line), screen.width));
  const totals = totalLines(picture.totals);
  const kept = Math.min(LEAST_WARNINGS, warnings.length);
  // Title, heads of the columns, and an empty line before the totals.
  const room = screen.height - totals.length - 3 - (kept > 0 ? kept + 1 : 0);
  const shown = channels.length <= room ? channels : mostUrgent(channels, Math.max(0, room - 1));
  const lines: Line[] = [
    title(picture),
    ...table(shown, channels, screen.width),
    ...(shown.length < channels.length ? [summary(channels.filter((row) => !shown.includes(row)))] : []),
    { text: '' },
    ...totals,
  ];
  const left = screen.height - lines.length - 1;
  if (left > 0 && warnings.length > 0) lines.push({ text: '' }, ...newest(warnings, left));
  return lines.slice(0, screen.height).map((line) => paint(line, screen));
}

function mostUrgent(channels: readonly ChannelFigures[], count: number): readonly ChannelFigures[] {
  const urgent = channels.filter(({ state }) => state !== 'live');
  return [...urgent, ...channels.filter(({ state }) => state === 'live')].slice(0, count);
}

function title({ exchange, upSeconds, channels }: FeedPicture): Line {
  const parts = ['alpha collect', exchange, `up ${duration(upSeconds)}`, countStates(channels)];
  return { text: parts.join('  '), style: 'bold' };
}

function table(shown: readonly ChannelFigures[], all: readonly ChannelFigures[], width: number): Line[] {
  let columns = COLUMNS.map((column) => ({
    ...column,
    // As wide as the widest of all, so that nothing moves when other rows are shown.
    size: Math.max(column.head.length, ...all.map((row) => column.cell(row).length)),
  }));
  const total = () => columns.reduce((sum, { size }) => sum + size + BETWEEN.length, -BETWEEN.length);
  for (let spare = 4; spare > 0 && total() > width; spare--) {
    columns = columns.filter((column) => column.spare !== spare);
  }
  const line = (text: (column: (typeof columns)[number]) => string) =>
    columns
      .map((column) => (column.left ? text(column).padEnd(column.size) : text(column).padStart(column.size)))
      .join(BETWEEN)
      .trimEnd();
  return [
    { text: line(({ head }) => head), style: 'dim' },
    ...shown.map((row): Line => ({ text: line(({ cell }) => cell(row)), style: STYLES[row.state] })),
  ];
}

function summary(hidden: readonly ChannelFigures[]): Line {
  const messages = hidden.reduce((sum, row) => sum + row.messages, 0);
  const perSecond = hidden.reduce((sum, row) => sum + (row.perSecond ?? 0), 0);
  const text = `and ${hidden.length} more: ${countStates(hidden)}; ${whole(messages)} messages, ${fixed(perSecond, 1)} per s`;
  return { text, style: 'dim' };
}

function totalLines(totals: FeedTotals): Line[] {
  const p50 = fixed(inMs(totals.publishP50Seconds), 1);
  const p99 = fixed(inMs(totals.publishP99Seconds), 1);
  const lines: readonly (readonly (readonly [name: string, value: string])[])[] = [
    [
      ['reconnects', whole(totals.reconnects)],
      ['gaps', whole(totals.gaps)],
      ['backfilled trades', whole(totals.backfilledTrades)],
      ['parse failures', whole(totals.rejectedFrames)],
      ['refused commands', whole(totals.refusedCommands)],
    ],
    [
      ['published', whole(totals.published)],
      ['per s', fixed(totals.publishedPerSecond, 1)],
      ['publish p50', `${p50} ms`],
      ['p99', `${p99} ms`],
    ],
    [
      ['spool', `${whole(totals.spoolEvents)} events, ${fixed(totals.spoolBytes / 1024 ** 2, 1)} MB`],
      ['dropped', whole(totals.dropped)],
      ['queued', whole(totals.queuedEvents)],
      ['held', whole(totals.heldTrades)],
    ],
  ];
  return lines.map((line) => ({ text: line.map(([name, value]) => `${name} ${value}`).join(BETWEEN) }));
}

function warning({ ts, level, message, fields }: KeptLine): Line {
  const time = new Date(ts).toISOString().slice(11, 19);
  const details = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  const text = [`${time} ${level.toUpperCase()}`, message, ...details].join(' ');
  return { text: scrub(text), style: level === 'error' ? 'red' : 'yellow' };
}

/** Lines after the first are indented. */
function wrapped({ text, style }: Line, width: number): readonly Line[] {
  const whole = printable(text);
  const room = Math.max(1, width - BETWEEN.length);
  const lines = [{ text: whole.slice(0, width), style }];
  for (let from = width; from < whole.length; from += room)
    lines.push({ text: `${BETWEEN}${whole.slice(from, from + room)}`, style });
  return lines;
}

/** The last of them that fit whole, oldest first; of the very last one what fits. */
function newest(warnings: readonly (readonly Line[])[], room: number): readonly Line[] {
  let shown: readonly Line[] = warnings.at(-1)?.slice(0, room) ?? [];
  for (const lines of warnings.slice(0, -1).reverse()) {
    if (lines.length + shown.length > room) break;
    shown = [...lines, ...shown];
  }
  return shown;
}

function plain(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function countStates(channels: readonly ChannelFigures[]): string {
  const counts = new Map<ChannelState, number>();
  for (const { state } of channels) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

/** What an exchange wrote must not move the cursor. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ');
}

function paint({ text, style }: Line, { width, colour }: Screen): string {
  const whole = printable(text);
  const clipped = whole.length <= width ? whole : `${whole.slice(0, Math.max(0, width - 1))}…`;
  return colour && style !== undefined ? styleText(style, clipped, { validateStream: false }) : clipped;
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function whole(value: number): string {
  return WHOLE.format(value);
}

function fixed(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

function duration(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
