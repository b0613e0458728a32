import fs from 'node:fs';
import path from 'node:path';
import { parseStrict } from '#digest';
import { capabilityStatement, SERVED_TYPES } from './capability-statement.js';
import { isObject } from './json-shape.js';
import { recognise } from './recognise.js';
import { validateResource } from './validate-resource.js';

const golden = path.resolve(import.meta.dirname, '../../../test/golden/capability-statement.json');
const base = 'https://proviso.example/fhir/R4';
const statement = capabilityStatement({
  base,
  version: '0.1.0',
  date: '2026-01-01',
  authorizeUrl: 'https://proviso.example/oauth/authorize',
  tokenUrl: 'https://proviso.example/oauth/token',
});

interface Stated {
  readonly rest: readonly {
    readonly resource: readonly {
      readonly type: string;
      readonly searchParam: readonly { readonly name: string }[];
    }[];
  }[];
}

describe('capabilityStatement', () => {
  it('is the one that was reviewed', () => {
    expect(`${JSON.stringify(statement, null, 1)}\n`).toBe(fs.readFileSync(golden, 'utf8'));
  });

  it('is valid FHIR', () => {
    const parsed = parseStrict(JSON.stringify(statement));
    expect(isObject(parsed) ? validateResource(parsed) : parsed).toEqual([]);
  });

  it('promises no parameter that recognise refuses', () => {
    const { rest }: Stated = JSON.parse(JSON.stringify(statement));
    const stated = rest[0]?.resource.flatMap(({ type, searchParam }) =>
      searchParam.map(({ name }) => ({ type, name })),
    );
    expect(stated?.length).toBeGreaterThan(600);
    for (const { type, name } of stated ?? []) {
      const request = { method: 'GET', path: `/${type}`, query: `${name}:missing=true` };
      expect(recognise(request, { defaultCount: 1, maxCount: 1, lenient: false }).kind).toBe('search-type');
    }
  });

  it('lists the types that somebody can permit', () => {
    expect(SERVED_TYPES).toContain('Observation');
    expect(SERVED_TYPES).toContain('Practitioner');
    expect(SERVED_TYPES).not.toContain('StructureDefinition');
  });
});
