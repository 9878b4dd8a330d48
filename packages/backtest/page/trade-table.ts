import { numberText } from '../src/report/format.js';
import type { PageData, PageTrade } from '../src/report/page-data.js';
import { ROWS_PER_PAGE, tradeColumns } from '../src/report/trade-columns.js';

/** Sorts the table, turns its pages, and shows a trade in the chart. The first page was there before the script. */
export function tradeTable(data: PageData, show: (trade: PageTrade) => void): void {
  const table = document.querySelector<HTMLTableElement>('[data-trades]');
  const pages = document.querySelector<HTMLElement>('[data-pages]');
  const body = table?.tBodies[0];
  if (!table || !pages || !body) return;
  const columns = tradeColumns(data);
  let rows = [...data.trades];
  let first = 0;
  let sorted: { readonly column: number; readonly down: boolean } | null = null;

  const draw = () => {
    const shown = rows.slice(first, first + ROWS_PER_PAGE);
    body.replaceChildren(...shown.map(rowOf));
    const place = pages.querySelector('[data-page]');
    if (place) {
      place.textContent = `${numberText(first + 1, 0)}–${numberText(first + shown.length, 0)} of ${numberText(rows.length, 0)}`;
    }
    for (const turn of pages.querySelectorAll<HTMLButtonElement>('[data-turn]')) {
      turn.disabled = turn.dataset.turn === '1' ? first + ROWS_PER_PAGE >= rows.length : first === 0;
    }
  };
  const rowOf = (trade: PageTrade) => {
    const row = document.createElement('tr');
    row.className = trade[8] < 0 ? 'loss' : 'gain';
    for (const { numeric, text } of columns) {
      const cell = row.insertCell();
      if (numeric) cell.className = 'num';
      cell.textContent = text(trade, data);
    }
    row.addEventListener('click', () => show(trade));
    return row;
  };

  for (const button of table.querySelectorAll<HTMLButtonElement>('[data-column]')) {
    button.addEventListener('click', () => {
      const index = Number(button.dataset.column);
      const column = columns[index];
      if (column === undefined) return;
      const down = sorted?.column === index ? !sorted.down : column.numeric;
      sorted = { column: index, down };
      rows = data.trades.toSorted((a, b) => compare(column.value(a, data), column.value(b, data)) * (down ? -1 : 1));
      first = 0;
      for (const other of table.querySelectorAll('th')) other.removeAttribute('aria-sort');
      button.closest('th')?.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      draw();
    });
  }
  for (const turn of pages.querySelectorAll<HTMLButtonElement>('[data-turn]')) {
    turn.addEventListener('click', () => {
      first += Number(turn.dataset.turn) * ROWS_PER_PAGE;
      draw();
    });
  }
  draw();
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
