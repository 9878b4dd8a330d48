import type { OrderTerms } from '../orders/order.js';

declare const approved: unique symbol;

/**
 * Order terms that passed the risk gate: the only thing a broker accepts. The brand exists in the type system alone and
 * only `risk/gate.ts` makes one, so that sending an unchecked order does not compile.
 */
export type ApprovedOrder = OrderTerms & { readonly [approved]: true };
