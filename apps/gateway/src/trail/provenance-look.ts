import { CURSOR_PARAMETER, type Criterion, type SearchRequest, type SearchValue } from '#fhir';
import { GatewayError } from '#outcome';
import type { Parts } from '../parts.js';
import type { ProvenanceLook, ProvenancePlace } from './find-provenances.js';
import type { MadeProvenance } from './made-provenances.js';
import { concerns, trailPeople, type TrailPerson } from './trail-people.js';

/** What one criterion asks for: what it fits, and how such are found. */
interface Asked {
  readonly fits: (made: MadeProvenance) => boolean;
  /** Whose records hold what fits. */
  readonly people?: readonly TrailPerson[];
  /** `Type/id` that each of these records names. */
  readonly resource?: string;
  /** The only ids that fit. */
  readonly ids?: readonly string[];
}

/** A search of Provenances that were made here: by ids where it names some, else by whose records hold them. */
export type ProvenanceQuestion =
  | { readonly kind: 'records'; readonly look: ProvenanceLook }
  | {
      readonly kind: 'ids';
      readonly ids: readonly string[];
      readonly look: Pick<ProvenanceLook, 'fits' | 'count' | 'from'>;
    };

/**
 * Reads a search of Provenances as one of the log's records: `_id`, `target` and `patient`, all of which must fit, newest first.
 *
 * @throws GatewayError `unsupported-parameter` for anything else that a search of stored resources may ask, totals among it, since
 * nothing is stored that could be counted; `invalid-value` for a cursor of another search
 */
export async function provenanceQuestion(
  search: SearchRequest,
  parts: Pick<Parts, 'links'>,
): Promise<ProvenanceQuestion> {
  demandPlain(search);
  const from = search.cursor === undefined ? undefined : placeOf(search.cursor);
  const asked = await Promise.all(search.criteria.map((criterion) => askedBy(criterion, parts)));
  const fits = (made: MadeProvenance): boolean => asked.every((each) => each.fits(made));
  const look = { fits, count: search.count, from };
  const named = asked.find(({ ids }) => ids !== undefined);
  if (named?.ids !== undefined) return { kind: 'ids', ids: [...new Set(named.ids)], look };
  const { people } = asked.find((each) => each.people !== undefined) ?? {};
  const { resource } = asked.find((each) => each.resource !== undefined) ?? {};
  return { kind: 'records', look: { ...look, people, resource } };
}

/** Writes where the next page begins. It shows nothing that the entries before it did not. */
export function writePlace({ index, position, skip }: ProvenancePlace): string {
  return Buffer.from(`${index}.${position}.${skip}`, 'latin1').toString('base64url');
}

function placeOf(cursor: string): ProvenancePlace {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, index, position, skip] = /^(\d{1,18})\.(\d{1,9})\.(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined) throw new GatewayError('invalid-value', { expression: [CURSOR_PARAMETER] });
  return { index: BigInt(index), position: Number(position), skip: Number(skip) };
}

function demandPlain({ total, sort }: SearchRequest): void {
  if (total !== 'none') throw unsupported('_total');
  const [first, second] = sort;
  const isNewestFirst = first?.param === '_lastUpdated' && first.descending && second?.descending === false;
  if (!isNewestFirst) throw unsupported('_sort');
}

async function askedBy({ param, modifier, values }: Criterion, parts: Pick<Parts, 'links'>): Promise<Asked> {
  if (modifier !== undefined) throw unsupported(`${param}:${modifier}`);
  switch (param) {
    case '_id':
      return byId(values);
    case 'target':
      return byTarget(values, parts);
    case 'patient':
      return byPatient(values, parts);
    default:
      throw unsupported(param);
  }
}

function byId(values: readonly SearchValue[]): Asked {
  const ids = values.flatMap((value) => (value.kind === 'token' ? (value.code ?? []) : []));
  return { ids, fits: ({ id }) => ids.includes(id) };
}

async function byTarget(values: readonly SearchValue[], parts: Pick<Parts, 'links'>): Promise<Asked> {
  const targets = localOf(values, 'target');
  const links = await Promise.all(targets.map(({ type, id }) => parts.links.linksOfResource(type, id)));
  const persons = new Set(links.flat().map(({ person }) => person));
  const names = targets.map(({ type, id }) => `${type}/${id}`);
  const [only, ...others] = names;
  return {
    people: [...persons].map((person) => ({ person, former: undefined })),
    ...(only === undefined || others.length > 0 ? {} : { resource: only }),
    fits: ({ target: { type, id } }) => names.includes(`${type}/${id}`),
  };
}

async function byPatient(values: readonly SearchValue[], parts: Pick<Parts, 'links'>): Promise<Asked> {
  const patients = localOf(values, 'patient').filter(({ type }) => type === 'Patient');
  const people = await trailPeople(
    patients.map(({ id }) => id),
    parts,
  );
  return { people, fits: ({ accesses }) => accesses.some((access) => concerns(people, access)) };
}

/** References of this store. One without a type is a Patient's where Patients are asked for; else nobody can tell. */
function localOf(
  values: readonly SearchValue[],
  param: 'target' | 'patient',
): readonly { readonly type: string; readonly id: string }[] {
  return values.flatMap((value) => {
    if (value.kind !== 'reference' || value.url !== undefined) return [];
    const { type = param === 'patient' ? 'Patient' : undefined, id } = value;
    if (type === undefined) throw new GatewayError('invalid-value', { expression: [param] });
    return [{ type, id }];
  });
}

function unsupported(name: string): GatewayError {
  return new GatewayError('unsupported-parameter', { expression: [name] });
}
