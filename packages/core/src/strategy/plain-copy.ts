/**
 * What `JSON.parse(JSON.stringify(value))` gives, without the text where the value is made of numbers, texts, booleans and plain objects of
 * such: what JSON does not know is left out.
 */
export function plainCopy(value: object): Record<string, unknown> {
  return (quickCopy(value) ?? JSON.parse(JSON.stringify(value))) as Record<string, unknown>;
}

/** Undefined where only the text tells: also where a `toJSON` does, which is a function. */
function quickCopy(value: object): Record<string, unknown> | undefined {
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    // Else it would become the prototype.
    const copied = key === '__proto__' ? undefined : quickValue(inner);
    if (copied === undefined) return undefined;
    copy[key] = copied;
  }
  return copy;
}

function quickValue(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON knows one zero.
      return Number.isFinite(value) ? value + 0 : null;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? undefined : quickCopy(value);
    default:
      return undefined;
  }
}
