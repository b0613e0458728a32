import { CURSOR_PARAMETER, dateRange, queryPairs, type PageSizes, type QueryPair } from '#fhir';
import { GatewayError } from '#outcome';
import type { AccessPlace } from '#store';

/** What is asked of the trail of accesses. */
export interface TrailQuery {
  /** Ids of Patients that are named; none: of everybody whom the caller may see. */
  readonly patients: readonly string[];
  /** `client:<id>` or `user:<id>`. */
  readonly actor: string | undefined;
  /** `Type/id`. */
  readonly resource: string | undefined;
  /** Epoch milliseconds, half-open. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Codes of AuditEvent; empty: any. */
  readonly actions: readonly string[];
  readonly outcomes: readonly string[];
  readonly subtypes: readonly string[];
  readonly count: number;
  readonly before: AccessPlace | undefined;
  /** What was understood, for the self link, without the cursor. */
  readonly used: readonly QueryPair[];
}

/** How a query is read. */
export interface TrailQueryOptions {
  readonly pages: PageSizes;
  readonly lenient: boolean;
  /** Names that it may use besides paging. */
  readonly allowed: readonly string[];
}

type Draft = { -readonly [name in keyof TrailQuery]: TrailQuery[name] };
type Reader = (draft: Draft, value: string, options: TrailQueryOptions) => void;

const ID = /^[A-Za-z0-9.-]{1,64}$/;
const SYSTEMS: Readonly<Record<string, string>> = {
  'urn:proviso:client': 'client',
  'urn:proviso:user': 'user',
};
const ACTOR = /^(?:(urn:proviso:(?:client|user))\|)?([!-{}~]{1,255})$/;

const READERS: Readonly<Record<string, Reader>> = {
  patient: (draft, value) => {
    const [, id = ''] = /^(?:Patient\/)?([^/]*)$/.exec(value) ?? [];
    if (!ID.test(id)) throw invalid('patient');
    draft.patients = [...new Set([...draft.patients, id])];
  },
  agent: (draft, value) => {
    const [, system = 'urn:proviso:client', id] = ACTOR.exec(value) ?? [];
    if (id === undefined || draft.actor !== undefined) throw invalid('agent');
    draft.actor = `${SYSTEMS[system] ?? 'client'}:${id}`;
  },
  entity: (draft, value) => {
    if (!/^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9.-]{1,64}$/.test(value) || draft.resource !== undefined)
      throw invalid('entity');
    draft.resource = value;
  },
  date: (draft, value) => within(draft, value, 'date'),
  start: (draft, value) => within(draft, `ge${value}`, 'start'),
  end: (draft, value) => within(draft, `le${value}`, 'end'),
  action: (draft, value) => (draft.actions = codes('action', value, /^[CRUDE]$/)),
  outcome: (draft, value) => (draft.outcomes = codes('outcome', value, /^(?:0|4|8|12)$/)),
  subtype: (draft, value) => (draft.subtypes = codes('subtype', value, /^[a-z][a-z-]{0,63}$/)),
  _count: (draft, value, { pages }) => {
    if (!/^\d{1,6}$/.test(value)) throw invalid('_count');
    draft.count = Math.max(1, Math.min(Number(value), pages.maxCount));
  },
  // newest first is the one order
  _sort: (_draft, value) => {
    if (value !== '-date') throw invalid('_sort');
  },
  _format: () => undefined,
  [CURSOR_PARAMETER]: (draft, value) => (draft.before = placeOf(value)),
};
const PAGING = ['_count', '_format', CURSOR_PARAMETER];

/** Parameters of a search for AuditEvents. */
export const SEARCH_NAMES: readonly string[] = [
  'patient',
  'agent',
  'entity',
  'date',
  'action',
  'outcome',
  'subtype',
  '_sort',
];

/**
 * Reads a query about accesses. `agent` takes an identifier (`urn:proviso:client|app`, a bare value is a client), with or
 * without the modifier `identifier`: agents are named by identifiers alone.
 *
 * @throws GatewayError `unsupported-parameter`, `invalid-value`, `malformed`, `too-large`
 */
export function trailQuery(text: string, options: TrailQueryOptions): TrailQuery {
  return trailQueryOf(queryPairs(text), options);
}

/** The same of parameters that were read already. */
export function trailQueryOf(pairs: readonly QueryPair[], options: TrailQueryOptions): TrailQuery {
  const draft: Draft = {
    patients: [],
    actor: undefined,
    resource: undefined,
    fromMs: undefined,
    toMs: undefined,
    actions: [],
    outcomes: [],
    subtypes: [],
    count: options.pages.defaultCount,
    before: undefined,
    used: [],
  };
  for (const [name, value] of pairs) take(draft, [name, value], options);
  if (draft.resource !== undefined && draft.patients.length === 0) throw invalid('entity');
  return draft;
}

/** Writes where the next page begins. It shows nothing that the entries before it did not. */
export function writeCursor({ index, position }: AccessPlace): string {
  return Buffer.from(`${index}.${position}`, 'latin1').toString('base64url');
}

function take(draft: Draft, [name, value]: QueryPair, options: TrailQueryOptions): void {
  const plain = name === 'agent:identifier' ? 'agent' : name;
  const known = options.allowed.includes(plain) || PAGING.includes(plain);
  const reader = known ? READERS[plain] : undefined;
  if (reader === undefined) {
    if (options.lenient) return;
    throw new GatewayError('unsupported-parameter', { expression: [name.slice(0, 64)] });
  }
  reader(draft, value, options);
  if (plain !== CURSOR_PARAMETER) draft.used = [...draft.used, [name, value]];
}

function within(draft: Draft, value: string, name: string): void {
  const [, prefix = 'eq', date = ''] = /^(eq|ge|gt|le|lt|sa|eb)?(\d.*)$/.exec(value) ?? [];
  const range = dateRange(date);
  if (range === undefined) throw invalid(name);
  const { loMs, hiMs } = range;
  const from = { eq: loMs, ge: loMs, gt: hiMs, sa: hiMs }[prefix];
  const to = { eq: hiMs, le: hiMs, lt: loMs, eb: loMs }[prefix];
  if (from !== undefined) draft.fromMs = Math.max(from, draft.fromMs ?? from);
  if (to !== undefined) draft.toMs = Math.min(to, draft.toMs ?? to);
}

/** Codes that are alternatives, each with or without its system. */
function codes(name: string, value: string, form: RegExp): readonly string[] {
  return value.split(',').map((each) => {
    const code = each.slice(each.lastIndexOf('|') + 1);
    if (!form.test(code)) throw invalid(name);
    return code;
  });
}

function placeOf(cursor: string): AccessPlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, index, position] = /^(\d{1,18})\.(\d{1,9})$/.exec(text) ?? [];
  if (index === undefined || position === undefined) throw invalid(CURSOR_PARAMETER);
  return { index: BigInt(index), position: Number(position) };
}

function invalid(name: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [name] });
}
