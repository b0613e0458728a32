import { LOCAL, segment } from './segments.js';

/** A line of a result. */
export interface Result {
  /** OBX-2. */
  readonly kind: 'NM' | 'ST' | 'CWE' | 'TX';
  /** Lakeview's own code and its words. */
  readonly code: readonly [code: string, text: string];
  /** The LOINC alternate, where Lakeview sends one. */
  readonly loinc?: readonly [code: string, text: string];
  readonly value: string;
  /** OBX-6. */
  readonly unit?: string;
  /** OBX-7. */
  readonly range?: string;
  /** OBX-8. */
  readonly flag?: string;
  /** OBX-11, by default final. */
  readonly status?: string;
  readonly notes?: readonly string[];
}

/** An order with its results. */
export interface Order {
  /** Number that the laboratory gave. */
  readonly filler: string;
  /** Number that the ward gave. */
  readonly placer: string;
  readonly code: readonly [code: string, text: string];
  readonly loinc?: readonly [code: string, text: string];
  /** OBR-7, local time without zone. */
  readonly at: string;
  /** OBR-22, local time without zone. */
  readonly reported: string;
  /** OBR-24. */
  readonly section: 'LAB' | 'HM' | 'CH' | 'MB';
  /** OBR-25, by default final. */
  readonly status?: string;
  readonly results: readonly Result[];
}

const ORDERED_BY = '7731^Marrowby^Clementine^^^Dr.^^^LAKEVIEW';

/** ORC, OBR, and each OBX with its notes. */
export function orderSegments(order: Order, ordinal: number): readonly string[] {
  const { filler, placer, at, reported, section, status = 'F' } = order;
  return [
    segment('ORC', { 1: 'RE', 2: placer, 3: filler, 12: ORDERED_BY }),
    segment('OBR', {
      1: String(ordinal),
      2: placer,
      3: filler,
      4: concept(order.code, order.loinc),
      7: at,
      16: ORDERED_BY,
      22: reported,
      24: section,
      25: status,
    }),
    ...order.results.flatMap((result, index) => resultSegments(result, index + 1, at)),
  ];
}

function resultSegments(result: Result, ordinal: number, at: string): readonly string[] {
  const line = segment('OBX', {
    1: String(ordinal),
    2: result.kind,
    3: concept(result.code, result.loinc),
    5: result.value,
    6: result.unit ?? '',
    7: result.range ?? '',
    8: result.flag ?? '',
    11: result.status ?? 'F',
    14: at,
  });
  const notes = result.notes ?? [];
  return [line, ...notes.map((note, index) => segment('NTE', { 1: String(index + 1), 2: 'L', 3: note }))];
}

function concept(own: readonly [string, string], loinc: readonly [string, string] | undefined): string {
  const local = [...own, LOCAL];
  return [...local, ...(loinc === undefined ? [] : [...loinc, 'LN'])].join('^');
}
