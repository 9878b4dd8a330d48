import { type Html, html } from './html.js';

/** A name with its definition, shown while it is pointed at, tapped or focused. */
export function term(
  element: 'dt' | 'th',
  id: string,
  { definition, label }: { readonly definition: string; readonly label: string },
): Html {
  const inner = html`<span class="term" tabindex="0" aria-describedby="${id}">${label}<span class="definition" role="tooltip" id="${id}">${definition}</span></span>`;
  return element === 'dt' ? html`<dt>${inner}</dt>` : html`<th scope="row">${inner}</th>`;
}
