import Table from 'cli-table3';

/** A plain table for people; numbers and decimals print as they are, what is absent as a dash. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) drawn.push(row.map((cell) => (cell === null || cell === undefined ? '-' : String(cell))));
  return drawn.toString();
}

export interface TableColumn<Row> {
  readonly head: string;
  /** Where the terminal is too narrow, the highest goes first; 0 stays. */
  readonly spare: number;
  readonly cell: (row: Row, place: number) => unknown;
}

/** The same, with as many of its columns as a width has room for. */
export function fittingTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[], width: number): string {
  let shown = columns;
  for (;;) {
    const drawn = table(
      shown.map(({ head }) => head),
      rows.map((row, place) => shown.map(({ cell }) => cell(row, place))),
    );
    const spare = Math.max(...shown.map((column) => column.spare));
    if (drawn.indexOf('\n') <= width || spare === 0) return drawn;
    shown = shown.filter((column) => column.spare < spare);
  }
}
