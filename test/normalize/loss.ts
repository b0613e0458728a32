import { writeJson } from '#digest';
import { parseMessage, type Cell, type Segment, type V2Normalised } from '#normalize';
import { canonicalSystem } from '#terminology';
import { CODE_TABLES } from '../../libs/normalize/src/v2/codes/code-tables.js';
import { bundleOf } from './corpus.js';

/** One populated leaf of a message. */
export interface Leaf {
  readonly path: string;
  readonly value: string;
}

/** The populated leaves of a message, but for its delimiters and set ids. */
export function leavesOf(bytes: Uint8Array): readonly Leaf[] {
  const parsed = parseMessage(bytes, {});
  return parsed.kind === 'message' ? parsed.message.segments.flatMap(leavesOfSegment) : [];
}

const SET_ID = /^\d{1,4}$/;

function leavesOfSegment(segment: Segment): readonly Leaf[] {
  const isNumbered = !segment.name.startsWith('Z') && SET_ID.test(segment.first(1).raw.trim());
  const first = segment.name === 'MSH' ? 3 : isNumbered ? 2 : 1;
  const fields = Array.from({ length: Math.max(0, segment.size - first + 1) }, (_, at) => first + at);
  return fields.flatMap((number) => segment.field(number)).flatMap((cell) => leavesOfCell(cell, 0));
}

function leavesOfCell(cell: Cell, depth: number): readonly Leaf[] {
  if (cell.isEmpty || cell.isNull) return [];
  if (cell.parts > 1 && depth < 2) {
    const parts = Array.from({ length: cell.parts }, (_, at) => cell.at(at + 1));
    return parts.flatMap((part) => leavesOfCell(part, depth + 1));
  }
  const value = cell.value();
  return value === undefined ? [] : [{ path: cell.path, value }];
}

/** Leaves that have no value of their own in FHIR: what they say is the shape of the output. */
const SHAPES: readonly ((leaf: Leaf) => boolean)[] = [
  // the type of OBX-5 is the choice of value[x]
  ({ path }) => /^OBX(\(\d+\))?-2(\.\d)?$/.test(path),
  // an HL7 table as coding system is said by the system that its codes are mapped to
  ({ value }) => /^HL7\d{1,4}$/.test(value),
  // authorities that are the same everywhere have a system of their own
  ({ value }) => ['USSSA', 'NPI'].includes(value),
  // the type of a universal id is said by its URN
  ({ value }) => ['ISO', 'UUID', 'GUID'].includes(value),
];

/** Leaves of a message that are neither in its resources nor in an issue, by path. */
export function silentlyLost(bytes: Uint8Array, { resources, issues }: V2Normalised): readonly Leaf[] {
  const output = new Output(writeJson(bundleOf(resources)));
  const named = new Set(issues.map(({ expression }) => expression));
  return leavesOf(bytes).filter(
    (leaf) =>
      !SHAPES.some((isShape) => isShape(leaf)) && !isNamed(leaf.path, named) && !output.has(leaf.value),
  );
}

/** Whether an issue names the leaf, or what it is a part of. */
function isNamed(path: string, named: ReadonlySet<string>): boolean {
  const around = [/\.\d+$/, /(\.\d+)+$/, /(\[\d+\])?(\.\d+)*$/, /-.*$/].map((end) => path.replace(end, ''));
  return [path, ...around].some((one) => named.has(one));
}

const targets = new Map<string, readonly string[]>();
for (const table of Object.values(CODE_TABLES)) {
  for (const [from, { code }] of Object.entries(table)) {
    targets.set(from.toLowerCase(), [...(targets.get(from.toLowerCase()) ?? []), `"${folded(code)}"`]);
  }
}

/** Text of resources, in which values of a message are looked for as FHIR writes them. */
class Output {
  private readonly text: string;
  private readonly digits: string;

  constructor(json: string) {
    this.text = folded(unescaped(json));
    this.digits = this.text.replaceAll(/\D/g, '');
  }

  has(value: string): boolean {
    return this.text.includes(folded(value)) || this.hasDate(value) || this.hasMapped(value);
  }

  /** A time in another zone keeps its year. */
  private hasDate(value: string): boolean {
    const numbers = value.replace(/[+-]\d{4}$/, '').replaceAll(/\D/g, '');
    return numbers.length >= 4 && this.digits.includes(numbers.slice(0, 6));
  }

  private hasMapped(value: string): boolean {
    const system = canonicalSystem(value);
    if (system !== undefined && this.text.includes(folded(system))) return true;
    if (Number.isFinite(Number(value)) && this.text.includes(String(Number(value)))) return true;
    return (targets.get(value.toLowerCase()) ?? []).some((code) => this.text.includes(code));
  }
}

/** Without the escapes of JSON and of URNs. */
function unescaped(json: string): string {
  const plain = json.replaceAll('\\"', '"').replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
  return plain.replaceAll(/(?:%[0-9A-F]{2})+/g, (sequence) =>
    Buffer.from(sequence.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

function folded(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
