/** Lines with the same fields in each: CSV, or JSON objects one a line. */
export interface Table {
  /** Names of the fields as they were written; null where the first line is data already. */
  readonly names: readonly string[] | null;
  /** How many fields the first line has. */
  readonly width: number;
  /** The first line names the fields and is no data. */
  readonly header: boolean;
  /** The fields of a line as texts, in the order of `names`; null for a line that is none of this table: `misfit` says why. */
  cells(line: string): readonly string[] | null;
  readonly misfit: string;
}

/** Understands the first line of a table: JSON objects, or cells between commas, semicolons or tabs, with a header or without. */
export function tableOf(firstLine: string): Table {
  if (firstLine.trimStart().startsWith('{')) return jsonTable(firstLine);
  const separator = [',', ';', '\t'].find((mark) => firstLine.includes(mark)) ?? ',';
  const first = splitCells(firstLine, separator).map(bare);
  const width = first.length;
  const cells = (line: string) => {
    const found = splitCells(line, separator);
    return found.length > width && found.slice(width).some((cell) => bare(cell) !== '') ? null : found;
  };
  const header = first.some((cell) => /[a-z]/i.test(cell) && !/^\d/.test(cell)) && !first.some(isNumber);
  return { names: header ? first : null, width, header, cells, misfit: 'more columns than in the first line' };
}

/** Lower case, without spaces, dashes, underscores, dots and brackets: `Open Time` and `open_time` are one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_.[\]-]/g, '');
}

/** Without quotes, spaces around it and the mark that some editors put first. */
export function bare(cell: string): string {
  return cell
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^"(.*)"$/s, '$1');
}

/** The same for cells that are mostly those of the row before. */
export function bareOnce(written: (name: string) => string = (name) => name): (cell: string) => string {
  let last = '';
  let result = '';
  return (cell) => {
    if (cell !== last) {
      last = cell;
      result = written(bare(cell));
    }
    return result;
  };
}

/** NaN for what is no number, and for what is missing: `Number('')` would be 0. */
export function numberOf(cell: string | undefined): number {
  if (cell === undefined) return Number.NaN;
  const value = Number(cell);
  if (value !== 0 && !Number.isNaN(value)) return value;
  const text = cell.includes('"') ? bare(cell) : cell;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

function splitCells(line: string, separator: string): readonly string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    if (at < line.length && (quoted || line[at] !== separator)) continue;
    const cell = line.slice(from, at).trim();
    cells.push(cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    from = at + 1;
  }
  return cells;
}

function jsonTable(firstLine: string): Table {
  const names = Object.keys(objectOf(firstLine) ?? {});
  return {
    names,
    width: names.length,
    header: false,
    misfit: 'not a JSON object',
    cells: (line) => {
      const row = objectOf(line);
      return row === null ? null : names.map((name) => textOf(row[name]));
    },
  };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Null for a line that is not one JSON object. */
export function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
