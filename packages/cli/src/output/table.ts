import Table from 'cli-table3';

/** A plain table for people; numbers and decimals print as they are, what is absent as a dash. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const drawn = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) drawn.push(row.map((cell) => (cell === null || cell === undefined ? '-' : String(cell))));
  return drawn.toString();
}
