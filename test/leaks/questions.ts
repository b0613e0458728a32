import type { JsonObject } from '#digest';
import { etagOf, searchParametersOf, textOf } from '#fhir';
import { indexRows, type IndexRows } from '#search';
import type { Question } from './ask.js';
import { type Input, versionIdOf } from './inputs.js';
import { provenanceKeyOf, provenanceRefOf } from './provenance.js';

/** `Type/id` of everything that was ever told, each once. */
export function refsOf(inputs: readonly Input[]): readonly string[] {
  return [
    ...new Set(
      inputs.flatMap((input) => {
        if (input.kind === 'deletion') return [input.of];
        return input.kind === 'resource' ? [refOf(input.resource)] : [];
      }),
    ),
  ];
}

function refOf(resource: JsonObject): string {
  return `${textOf(resource, 'resourceType')}/${textOf(resource, 'id')}`;
}

/** The Provenance of everything that was ever told, each once. */
export function provenancesOf(inputs: readonly Input[]): readonly string[] {
  return inputs.flatMap((input) => {
    const [ref] = refsOf([input]);
    return ref === undefined ? [] : [provenanceRefOf(ref, versionIdOf(input.key))];
  });
}

/** What may be asked of the Provenance of one resource. */
export function provenanceQuestions(inputs: readonly Input[], ref: string): readonly Question[] {
  const own = inputs.filter((input) => refsOf([input]).includes(ref));
  return [
    `/Provenance?target=${ref}`,
    `/Provenance?target=${ref}&_total=accurate&_count=1`,
    `/Provenance?target=${ref.split('/')[1]}&_summary=count`,
    ...own.flatMap(({ key }) => {
      const made = provenanceRefOf(ref, versionIdOf(key));
      const version = versionIdOf(provenanceKeyOf(key));
      return [`/${made}`, `/${made}/_history`, `/${made}/_history/${version}`];
    }),
  ].map((target) => ({ target }));
}

/** Each way to ask for one resource, with what a client may know of it from elsewhere. */
export function instanceQuestions(inputs: readonly Input[], ref: string): readonly Question[] {
  const versions = inputs.flatMap((input) => {
    const about =
      (input.kind === 'resource' && refOf(input.resource) === ref) || ('of' in input && input.of === ref);
    return about ? [versionIdOf(input.key)] : [];
  });
  const target = `/${ref}`;
  return [
    { target },
    { method: 'HEAD', target },
    { target, headers: { 'if-none-match': '*' } },
    { target: `${target}/_history` },
    { target: `${target}/_history?_count=1` },
    { target: `${target}/_history/unknownUnknownUn` },
    { method: 'PUT', target },
    { method: 'DELETE', target },
    ...versions.flatMap((version): readonly Question[] => [
      { target, headers: { 'if-none-match': etagOf(version) } },
      { target: `${target}/_history/${version}` },
      { method: 'HEAD', target: `${target}/_history/${version}` },
    ]),
  ];
}

/** A search for every value that is in the index of any resource, by every parameter, and for its complement. */
export function searchQuestions(inputs: readonly Input[]): readonly Question[] {
  const resources = inputs.flatMap((input) => (input.kind === 'resource' ? [input.resource] : []));
  const targets = resources.flatMap((resource) => {
    const [type] = refOf(resource).split('/');
    return [
      ...criteriaOf(indexRows(resource)).map((criterion) => `/${type}?${criterion}`),
      `/${type}?_id=${textOf(resource, 'id')},nobody-here&_total=accurate`,
    ];
  });
  return [...new Set(targets)].map((target) => ({ target }));
}

/** Every parameter of a type as `:missing`, both ways, and what goes with any search. */
export function typeQuestions(type: string): readonly Question[] {
  const params = [...searchParametersOf(type).keys()].filter((name) => !name.startsWith('_'));
  return [
    ...params.flatMap((name) => [`${name}:missing=true`, `${name}:missing=false&_summary=count`]),
    '',
    '_total=accurate',
    '_summary=count',
    '_count=0',
    '_count=3&_total=accurate',
    '_sort=_id',
    '_sort=-_id&_count=2',
    '_sort=_lastUpdated',
    '_lastUpdated=ge2026-05-01&_total=accurate',
    '_lastUpdated=lt2026-05-01T00:00:10Z',
    '_total=estimate',
    '_elements=id',
    '_include=Observation:subject',
    '_revinclude=Observation:subject',
    '_has:Observation:subject:code=8480-6',
    'subject:Patient.name=Family',
    '_security=HIV',
    '_tag=a',
    '_source=north',
    '_text=hiv',
    '_filter=code eq a',
    '_list=a',
  ].map((query) => ({ target: `/${type}?${query}` }));
}

/** Two ways to ask for each value: one that shows the matches, one that only counts or compares. */
function criteriaOf(rows: IndexRows): readonly string[] {
  const text = encodeURIComponent;
  return [
    ...rows.token.flatMap(({ param, system, code }) => [
      `${param}=${text(system)}|${text(code)}&_count=1&_total=accurate`,
      `${param}:not=${text(code)}&_summary=count`,
    ]),
    ...rows.string.flatMap(({ param, exact }) => [
      `${param}:exact=${text(exact)}&_total=accurate`,
      `${param}:contains=${text(exact.slice(2))}`,
    ]),
    ...rows.reference.flatMap(({ param, targetType, targetId }) =>
      targetId === '' ? [] : [`${param}=${targetType}/${targetId}`, `${param}=${targetId}&_summary=count`],
    ),
    ...rows.date.flatMap(({ param, lo }) => {
      const day = Number.isFinite(lo) ? new Date(lo).toISOString().slice(0, 10) : '2026-01-01';
      return [`${param}=${day}&_sort=${param}&_total=accurate`, `${param}=gt${day}&_sort=-${param}`];
    }),
    ...rows.quantity.flatMap(({ param, lo }) => [`${param}=gt${lo - 1}&_summary=count`]),
  ];
}
