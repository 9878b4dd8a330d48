export interface SendWindowParts<Item, Answer> {
  /** Most items on their way at once. */
  readonly size: number;
  /** What is sent next; null when there is nothing, or not yet. */
  readonly next: () => Item | null;
  readonly send: (item: Item) => Promise<Answer>;
  /** `isOldest`: nothing before it is left unanswered. */
  readonly answered: (item: Item, answer: Answer, isOldest: boolean) => void;
}

export interface Unsent<Item> {
  readonly item: Item;
  readonly reason: unknown;
}

/**
 * Several calls on their way at once, begun in order. As each is answered the next one is begun; once one has failed nothing more is, until all
 * are answered and whoever runs the window has decided.
 */
export class SendWindow<Item, Answer> {
  readonly #parts: SendWindowParts<Item, Answer>;
  /** On their way, or to be sent again, in order. */
  #items: Item[] = [];
  #flying = 0;
  readonly #failures = new Map<Item, unknown>();
  #landed: (() => void) | null = null;

  constructor(parts: SendWindowParts<Item, Answer>) {
    this.#parts = parts;
  }

  /** What is on its way, or is to be sent again, in order. */
  get items(): readonly Item[] {
    return this.#items;
  }

  /** Sends these before everything else in the next run. */
  putFirst(items: readonly Item[]): void {
    this.#items.unshift(...items);
  }

  clear(): void {
    this.#items = [];
  }

  /** Sends what is left of an earlier run, then what is next, until nothing is on its way. Resolves with what failed, in order. */
  async run(): Promise<readonly Unsent<Item>[]> {
    this.#failures.clear();
    const landed = new Promise<void>((resolve) => {
      this.#landed = resolve;
    });
    for (const item of this.#items) this.#fly(item);
    this.fill();
    this.#land();
    await landed;
    return this.#items.map((item) => ({ item, reason: this.#failures.get(item) }));
  }

  /** Begins what is next, as far as there is room. Does nothing outside of a run. */
  fill(): void {
    while (this.#landed !== null && this.#failures.size === 0 && this.#flying < this.#parts.size) {
      const item = this.#parts.next();
      if (item === null) return;
      this.#items.push(item);
      this.#fly(item);
    }
  }

  #fly(item: Item): void {
    this.#flying++;
    this.#parts.send(item).then(
      (answer) => {
        this.#flying--;
        const at = this.#items.indexOf(item);
        if (at !== -1) this.#items.splice(at, 1);
        this.#parts.answered(item, answer, at === 0);
        this.fill();
        this.#land();
      },
      (reason) => {
        this.#flying--;
        this.#failures.set(item, reason);
        this.#land();
      },
    );
  }

  #land(): void {
    if (this.#flying > 0) return;
    this.#landed?.();
    this.#landed = null;
  }
}
