/** What was not tried, and why. */
export function leftOutLine(names: readonly string[]): string {
  return `Left out, because a disk of its own needs the right to mount (root): ${names.join(', ')}.`;
}
