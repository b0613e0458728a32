import fc from 'fast-check';
import { GatewayError } from '#outcome';
import { covers, NEVER_BY_WILDCARD, withinPolicy } from './covers.js';
import type { ResourceScope } from './principal.js';
import { formatScope, parseScope, parseScopes } from './scope.js';

const resource = (text: string): ResourceScope => {
  const parsed = parseScope(text);
  if (parsed.kind !== 'resource') throw new Error('no resource scope');
  return parsed.scope;
};

const codeOf = (text: string) => {
  try {
    return parseScopes(text) && 'read';
  } catch (error) {
    return error instanceof GatewayError ? error.code : 'other';
  }
};

describe('parseScope', () => {
  it('reads a version 2 scope with constraints', () => {
    expect(
      resource(
        'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final',
      ),
    ).toEqual({
      level: 'patient',
      type: 'Observation',
      letters: ['r', 's'],
      params: [
        ['category', 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'],
        ['status', 'final'],
      ],
    });
  });

  it.each([
    ['system/*.read', 'system/*.rs'],
    ['user/Patient.write', 'user/Patient.cud'],
    ['system/*.*', 'system/*.cruds'],
    ['http://smarthealthit.org/fhir/scopes/system/Patient.r', 'system/Patient.r'],
  ])('reads %s as %s', (text, same) => {
    expect(formatScope(resource(text))).toBe(same);
  });

  it.each([
    'system/Patient.',
    'system/Patient.sr',
    'system/Patient.rr',
    'system/Patient.rsx',
    'system/patient.r',
    'tenant/Patient.r',
    'system/Patient',
    'system/Patient.r?',
    'system/*.r?category=a',
    'system/Observation.rs?code:in=http://example.org/set',
    'system/Observation.rs?subject.name=x',
    'system/Observation.rs?_filter=a',
    'system/Observation.rs?_has=a',
    'system/Observation.rs?category=',
    'system/Observation.rs?category=a&',
    'system/Observation.rs?category=%ZZ',
    'SYSTEM/Patient.r',
    'address',
    '',
  ])('refuses %j', (text) => {
    expect(() => parseScope(text)).toThrow(
      expect.objectContaining({ code: 'invalid-value', expression: ['scope'] }),
    );
  });

  it('tells launch scopes and operations from resource scopes', () => {
    expect(parseScopes('openid launch/patient __proviso/audit.read').map((scope) => scope.kind)).toEqual([
      'launch',
      'launch',
      'operation',
    ]);
  });

  it('gives back any scope that it wrote', () => {
    const letters = fc.subarray(['c', 'r', 'u', 'd', 's'] as const, { minLength: 1 });
    const param = fc.tuple(
      fc.stringMatching(/^[a-z][a-z-]{0,9}$/),
      fc.string({ minLength: 1, maxLength: 20 }),
    );
    const scope: fc.Arbitrary<ResourceScope> = fc.record({
      level: fc.constantFrom('patient', 'user', 'system'),
      type: fc.constantFrom('Patient', 'Observation'),
      letters,
      params: fc.array(param, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(scope, (each) => {
        expect(parseScope(formatScope(each))).toEqual({ kind: 'resource', scope: each });
      }),
    );
  });

  it('either reads a text or refuses it with a code', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(['read', 'invalid-value']).toContain(codeOf(text));
      }),
    );
  });
});

describe('covers', () => {
  const scopes = [
    'system/Patient.r',
    'system/Observation.s?category=laboratory',
    'system/Observation.rs?category=vital-signs',
  ].map(resource);

  it('gives all scopes that cover, so that access is their union', () => {
    expect(covers(scopes, 'search-type', 'Observation').map(formatScope)).toEqual([
      'system/Observation.s?category=laboratory',
      'system/Observation.rs?category=vital-signs',
    ]);
    expect(covers(scopes, 'read', 'Observation')).toHaveLength(1);
  });

  it.each(['read', 'vread', 'history-instance'] as const)('takes r for %s', (kind) => {
    expect(covers(scopes, kind, 'Patient')).toHaveLength(1);
    expect(covers([resource('system/Patient.cuds')], kind, 'Patient')).toEqual([]);
  });

  it.each([
    ['create', 'c'],
    ['update', 'u'],
    ['patch', 'u'],
    ['delete', 'd'],
  ] as const)('takes for %s the letter %s and no other', (kind, letter) => {
    const others = 'cruds'.replace(letter, '');
    expect(covers([resource(`system/Observation.${letter}`)], kind, 'Observation')).toHaveLength(1);
    expect(covers([resource(`system/Observation.${others}`)], kind, 'Observation')).toEqual([]);
    expect(covers([resource('system/Observation.read')], kind, 'Observation')).toEqual([]);
  });

  it('never covers a write of the directory by a wildcard', () => {
    expect(covers([resource('system/*.cruds')], 'create', 'Practitioner')).toEqual([]);
    expect(covers([resource('system/*.cruds')], 'read', 'Practitioner')).toHaveLength(1);
    expect(covers([resource('system/Practitioner.c')], 'create', 'Practitioner')).toHaveLength(1);
  });

  it('covers nothing without scopes, and no other type', () => {
    expect(covers([], 'read', 'Patient')).toEqual([]);
    expect(covers(scopes, 'read', 'Condition')).toEqual([]);
  });

  it.each(NEVER_BY_WILDCARD)('never covers %s by a wildcard', (type) => {
    expect(covers([resource('system/*.cruds')], 'read', type)).toEqual([]);
    expect(covers([resource(`system/${type}.r`)], 'read', type)).toHaveLength(1);
  });
});

describe('withinPolicy', () => {
  it.each([
    ['system/*.rs', 'system/Observation.r', true],
    ['system/*.rs', 'system/*.rs', true],
    ['system/Observation.rs', 'system/*.rs', false],
    ['system/Observation.rs', 'system/Observation.rs?category=a', true],
    ['system/Observation.rs?category=a', 'system/Observation.rs', false],
    ['system/Observation.rs?category=a', 'system/Observation.rs?category=b', false],
    ['system/Observation.rs?category=a', 'system/Observation.rs?category=a&status=final', true],
    ['system/*.rs', 'system/Observation.c', false],
    ['system/*.cruds', 'user/Observation.r', false],
    ['system/*.cruds', 'system/Consent.r', false],
    ['system/*.cruds', 'system/Location.u', false],
    ['system/*.cruds', 'system/Location.rs', true],
    ['system/Patient.r system/Patient.s', 'system/Patient.rs', true],
  ])('judges, for a policy of %s, a wish for %s: %s', (policy, asked, within) => {
    expect(withinPolicy(policy.split(' ').map(resource), resource(asked))).toBe(within);
  });
});
