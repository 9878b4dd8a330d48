import { AlphaError } from '@alpha-engine/core';

export type Value = number | string | boolean;
/** What a name stands for; null: it has no value here. */
export type Lookup = (name: string) => Value | null;

/** A calculation that was read once and may be evaluated often. */
export interface Expression {
  readonly text: string;
  /** In the order in which they are met, each once. */
  readonly names: readonly string[];
  /** Null when a name has no value, or when it comes to no finite number. */
  value(lookup: Lookup): Value | null;
}

/** `fast * 2 < slow`: two calculations and what must hold between them. */
export interface Comparison {
  readonly text: string;
  readonly names: readonly string[];
  /** False also when one side has no value. */
  holds(lookup: Lookup): boolean;
}

type Node = (lookup: Lookup) => Value | null;

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([A-Za-z_][\w.]*)|'([^']*)'|"([^"]*)"|(<=|>=|==|!=|[<>=+\-*/()]))/iy;

const ORDER: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/**
 * Numbers, names, `+ - * /`, brackets; nothing else is understood, nothing is run. Names are those of `known`. Throws `USAGE`, which
 * names the flag the text came from.
 */
export function parseExpression(flag: string, text: string, known: readonly string[]): Expression {
  const reader = new Reader(flag, text, known);
  const node = reader.sum();
  reader.end();
  return { text, names: [...reader.names], value: node };
}

/** Two expressions with one of `< <= > >= = !=` between them. Texts stand in quotation marks: `mode != "fast"`. Throws `USAGE`. */
export function parseComparison(flag: string, text: string, known: readonly string[]): Comparison {
  const reader = new Reader(flag, text, known);
  const left = reader.sum();
  const sign = reader.comparison();
  const right = reader.sum();
  reader.end();
  const holds = (lookup: Lookup): boolean => {
    const [a, b] = [left(lookup), right(lookup)];
    if (a === null || b === null) return false;
    if (sign === '=' || sign === '==') return a === b;
    if (sign === '!=') return a !== b;
    return typeof a === 'number' && typeof b === 'number' && (ORDER[sign]?.(a, b) ?? false);
  };
  return { text, names: [...reader.names], holds };
}

class Reader {
  readonly names = new Set<string>();
  readonly #flag: string;
  readonly #text: string;
  readonly #known: readonly string[];
  readonly #tokens: RegExpExecArray[] = [];
  #next = 0;

  constructor(flag: string, text: string, known: readonly string[]) {
    this.#flag = flag;
    this.#text = text;
    this.#known = known;
    const token = new RegExp(TOKEN);
    while (text.slice(token.lastIndex).trim() !== '') {
      const from = token.lastIndex;
      const found = token.exec(text);
      if (found === null) throw this.#wrong(`"${text.slice(from).trim()}" is not understood`);
      this.#tokens.push(found);
    }
  }

  sum(): Node {
    let left = this.#product();
    for (let sign = this.#take('+', '-'); sign !== null; sign = this.#take('+', '-')) {
      const [a, b, plus] = [left, this.#product(), sign === '+'];
      left = numeric(a, b, (x, y) => (plus ? x + y : x - y));
    }
    return left;
  }

  comparison(): string {
    const sign = this.#take('<=', '>=', '==', '!=', '<', '>', '=');
    if (sign === null) throw this.#wrong('it lacks one of < <= > >= = !=');
    return sign;
  }

  end(): void {
    const token = this.#tokens[this.#next];
    if (token !== undefined) throw this.#wrong(`"${token[0].trim()}" is one too many`);
  }

  #product(): Node {
    let left = this.#single();
    for (let sign = this.#take('*', '/'); sign !== null; sign = this.#take('*', '/')) {
      const [a, b, times] = [left, this.#single(), sign === '*'];
      left = numeric(a, b, (x, y) => (times ? x * y : x / y));
    }
    return left;
  }

  #single(): Node {
    if (this.#take('-') !== null) {
      const inner = this.#single();
      return numeric(inner, inner, (x) => -x);
    }
    if (this.#take('(') !== null) {
      const inner = this.sum();
      if (this.#take(')') === null) throw this.#wrong('a bracket is not closed');
      return inner;
    }
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.#wrong('it ends too early');
    const [, number, name, single, double] = token;
    this.#next += 1;
    if (number !== undefined) return constant(Number(number));
    const quoted = single ?? double;
    if (quoted !== undefined) return constant(quoted);
    if (name === undefined) throw this.#wrong(`"${token[0].trim()}" stands where a number or a name should`);
    if (!this.#known.includes(name)) throw this.#wrong(`there is no "${name}"; there is ${this.#known.join(', ')}`);
    this.names.add(name);
    return (lookup) => lookup(name);
  }

  #take(...signs: readonly string[]): string | null {
    const sign = this.#tokens[this.#next]?.[5];
    if (sign === undefined || !signs.includes(sign)) return null;
    this.#next += 1;
    return sign;
  }

  #wrong(why: string): AlphaError {
    return new AlphaError('USAGE', `${this.#flag} "${this.#text}" is not understood: ${why}.`, {
      context: { flag: this.#flag, value: this.#text },
    });
  }
}

function constant(value: Value): Node {
  return () => value;
}

function numeric(left: Node, right: Node, compute: (a: number, b: number) => number): Node {
  return (lookup) => {
    const [a, b] = [left(lookup), right(lookup)];
    if (typeof a !== 'number' || typeof b !== 'number') return null;
    const value = compute(a, b);
    return Number.isFinite(value) ? value : null;
  };
}
