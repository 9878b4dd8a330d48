import { readFile } from 'node:fs/promises';
import { AlphaError } from '@alpha-engine/core';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { type Fault, faultSchema } from './fault.js';
import { targetProblems } from './fault-targets.js';

const possibleFault = faultSchema.superRefine((fault, context) => {
  for (const { path, message } of targetProblems(fault)) context.addIssue({ code: 'custom', path: [...path], message });
});

const scriptSchema = z.strictObject({
  /** Of everything that is left to chance. */
  seed: z.int().default(1),
  faults: z.array(possibleFault),
});

export type FaultScript = z.infer<typeof scriptSchema>;
/** As it is written: times as text, defaults left out. */
export type FaultScriptText = z.input<typeof scriptSchema>;

/** Reads a script from a YAML (or JSON) file. Throws `FAULTS_INVALID` with everything that is wrong and where. */
export async function readFaultScript(path: string): Promise<FaultScript> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw invalid(path, [`cannot be read: ${(cause as Error).message}`], cause);
  }
  return parseFaultScript(text, path);
}

/** The same from the text. `name` is what messages call it. */
export function parseFaultScript(text: string, name = 'the fault script'): FaultScript {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [cause] = document.errors;
  if (cause !== undefined) throw invalid(name, [`is not YAML: ${cause.message.split('\n')[0]}`], cause);
  return check(scriptSchema, document.toJS(), name, (path) => lineOf(path, document, lines));
}

/** The same from a value. */
export function checkFaultScript(value: unknown, name = 'the fault script'): FaultScript {
  return check(scriptSchema, value, name);
}

/** One fault from a value. */
export function checkFault(value: unknown): Fault {
  return check(possibleFault, value, 'the fault');
}

type Path = readonly PropertyKey[];

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  line: (path: Path) => string = () => '',
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    name,
    result.error.issues.map(({ path, message }) => `${placeOf(path)} ${message}${line(path)}`.trimStart()),
  );
}

/** ` (line 5)`: of the value, or of what lacks it. */
function lineOf(path: Path, document: Document, lines: LineCounter): string {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return ` (line ${lines.linePos(node.range[0]).line})`;
  }
  return '';
}

/** `faults[2].on.channel` */
function placeOf(path: Path): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}

function invalid(name: string, problems: readonly string[], cause?: unknown): AlphaError {
  const list = problems.map((problem) => `\n- ${problem}`).join('');
  return new AlphaError('FAULTS_INVALID', `Correct ${name}; docs/simulator.md lists all faults:${list}`, {
    context: { name, problems },
    cause,
  });
}

/** Throws `FAULTS_INVALID`: a market in lockstep has none. */
export function assertFaultless({ faults }: FaultScript): void {
  if (faults.length === 0) return;
  throw new AlphaError(
    'FAULTS_INVALID',
    'In lockstep there are no faults: they go by wall time, and the market waits. Leave out one of the two.',
    { context: { problems: ['lockstep: takes no faults'] } },
  );
}
