import fs from 'node:fs';
import path from 'node:path';
import { parseStrict } from '#digest';
import { capabilityStatement } from './capability-statement.js';
import { NEVER_WRITTEN, SERVED_TYPES, WRITTEN_TYPES } from './written-types.js';
import { GatewayError } from '#outcome';
import { isObject } from './json-shape.js';
import { recognise, type FhirRequest } from './recognise.js';
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
      readonly interaction: readonly { readonly code: string }[];
      readonly versioning: string;
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

  it('names definitions that are in fhir-profiles', () => {
    const text = JSON.stringify(statement);
    const named = text.matchAll(/https:\/\/proviso\.example\/fhir\/(\w+Definition)\/([\w-]+)/g);
    const files = [...named].map(([url, type, id]) => ({ url, file: `fhir-profiles/${type}-${id}.json` }));
    expect(files).toHaveLength(2);
    for (const { url, file } of files) {
      const definition = parseStrict(fs.readFileSync(file));
      expect(isObject(definition) ? [definition['url'], validateResource(definition)] : []).toEqual([
        url,
        [],
      ]);
    }
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

  it.each(SERVED_TYPES)('promises for %s the writes that recognise lets through, and no other', (type) => {
    const { rest }: Stated = JSON.parse(JSON.stringify(statement));
    const stated = rest[0]?.resource.find((one) => one.type === type);
    const codes = stated?.interaction.map(({ code }) => code) ?? [];
    const isWritten = WRITTEN_TYPES.includes(type);
    expect(isWritten).toBe(!NEVER_WRITTEN.includes(type));
    expect(WRITES.map(([code]) => codes.includes(code))).toEqual(WRITES.map(() => isWritten));
    const kept = type === 'AuditEvent' ? 'no-version' : 'versioned';
    expect(stated?.versioning).toBe(isWritten ? 'versioned-update' : kept);
    for (const [code, method, below] of WRITES) {
      const told = answerTo({ method, path: `/${type}${below}`, query: '' });
      expect(told).toBe(isWritten ? code : 'method-not-allowed');
    }
  });
});

const WRITES = [
  ['create', 'POST', ''],
  ['update', 'PUT', '/1'],
  ['patch', 'PATCH', '/1'],
  ['delete', 'DELETE', '/1'],
] as const;

function answerTo(request: FhirRequest): string {
  try {
    return recognise(request, { defaultCount: 1, maxCount: 1, lenient: false }).kind;
  } catch (error) {
    return error instanceof GatewayError ? error.code : 'other';
  }
}
