import { parseClientRegistration } from './client-registration.js';
import { rolesOf } from './operation-scope.js';
import { principalOf } from './principal-of.js';

const claims = {
  tenant: 'default',
  client: 'app',
  user: undefined,
  organization: 'north',
  roles: ['registrar', 'auditor', 'physician'],
  scope: 'system/Patient.rs __proviso/audit.read openid',
  patient: undefined,
  purpose: 'TREAT',
  tokenHash: 'a'.repeat(64),
  expiresMs: 1_000,
};

describe('principalOf', () => {
  it('reads the claims of a token', () => {
    expect(principalOf(claims)).toEqual({
      tenant: 'default',
      client: 'app',
      user: undefined,
      organization: 'north',
      roles: ['auditor', 'physician'],
      scopes: [{ level: 'system', type: 'Patient', letters: ['r', 's'], params: [] }],
      patient: undefined,
      purpose: 'TREAT',
      tokenHash: 'a'.repeat(64),
      expiresMs: 1_000,
    });
  });

  it('drops patient scopes without a patient in context', () => {
    expect(principalOf({ ...claims, scope: 'patient/*.rs' }).scopes).toEqual([]);
    expect(principalOf({ ...claims, scope: 'patient/*.rs', patient: 'p1' }).scopes).toHaveLength(1);
  });

  it.each([
    ['tenant', ''],
    ['tenant', undefined],
    ['client', 7],
    ['client', 'two words'],
    ['user', null],
    ['organization', ''],
    ['roles', 'registrar'],
    ['roles', [1]],
    ['scope', ''],
    ['scope', undefined],
    ['scope', 'system/Patient.zz'],
    ['patient', '../x'],
    ['purpose', undefined],
    ['purpose', ['TREAT']],
    ['purpose', 'treat'],
    ['tokenHash', 'abc'],
    ['expiresMs', '1000'],
    ['expiresMs', Number.NaN],
  ])('refuses a token whose %s is %j', (name, value) => {
    expect(() => principalOf({ ...claims, [name]: value })).toThrow(
      expect.objectContaining({ code: 'login-required' }),
    );
  });
});

describe('rolesOf', () => {
  it('needs both the registration and the scope for a role of Proviso', () => {
    expect(rolesOf(['relay'], ['__proviso/grants.relay'])).toEqual(['relay']);
    expect(rolesOf(['relay'], [])).toEqual([]);
    expect(rolesOf([], ['__proviso/grants.relay'])).toEqual([]);
  });

  it('does not let whoever registers clients read messages', () => {
    expect(rolesOf(['administrator', 'steward'], ['__proviso/clients.admin'])).toEqual(['administrator']);
    expect(rolesOf(['administrator', 'steward'], ['__proviso/messages.admin'])).toEqual(['steward']);
  });
});

describe('parseClientRegistration', () => {
  const ec = { kty: 'EC', crv: 'P-384', kid: 'k1', x: 'A'.repeat(64), y: 'A'.repeat(64) };
  const client = {
    id: 'app',
    name: 'An app',
    jwks: { keys: [ec] },
    scopes: ['system/*.rs'],
    purposes: ['TREAT'],
  };

  it('reads a registration', () => {
    expect(parseClientRegistration(client)).toEqual({
      ...client,
      jwksUri: undefined,
      roles: [],
      organization: undefined,
      ownSource: false,
      patient: undefined,
    });
    expect(parseClientRegistration({ ...client, ownSource: true }).ownSource).toBe(true);
  });

  it.each([
    ['id', { id: 'a b' }],
    ['name', { name: 'a\u0000b' }],
    ['client', { secret: 'x' }],
    ['jwks', { jwks: undefined }],
    ['jwks', { jwksUri: 'https://app.example.org/jwks' }],
    ['jwks', { jwks: { keys: [] } }],
    ['jwks', { jwks: { keys: [{ ...ec, d: 'secret' }] } }],
    ['jwks', { jwks: { keys: [ec, ec] } }],
    ['jwks', { jwks: { keys: [{ ...ec, kid: undefined }] } }],
    ['jwks', { jwks: { keys: [{ kty: 'oct', kid: 'k', k: 'AAAA' }] } }],
    ['jwks', { jwks: { keys: [{ kty: 'RSA', kid: 'k', n: 'AQAB', e: 'AQAB' }] } }],
    ['jwksUri', { jwks: undefined, jwksUri: 'file:///etc/passwd' }],
    ['jwksUri', { jwks: undefined, jwksUri: 'https://user:word@example.org/' }],
    ['scopes', { scopes: [] }],
    ['scope', { scopes: ['nonsense'] }],
    ['scopes', { scopes: ['__other/thing'] }],
    ['roles', { scopes: ['__proviso/audit.read'] }],
    ['purposes', { purposes: [] }],
    ['purposes', { purposes: ['treat me'] }],
    ['ownSource', { ownSource: 'yes' }],
    ['patient', { patient: 'a b', scopes: ['patient/*.rs'] }],
    ['patient', { patient: 'p-1' }],
    ['patient', { patient: 'p-1', scopes: ['patient/*.rs', 'system/Patient.r'] }],
    ['patient', { patient: 'p-1', scopes: ['patient/*.rs', '__proviso/audit.read'], roles: ['auditor'] }],
  ])('refuses a fault in %s', (member, change) => {
    expect(() => parseClientRegistration({ ...client, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-value', expression: [member] }),
    );
  });

  it('reads the one patient of an app of hers', () => {
    const own = { ...client, patient: 'p-1', scopes: ['patient/AuditEvent.rs'] };
    expect(parseClientRegistration(own)).toMatchObject({ patient: 'p-1' });
  });

  it.each([null, [], 'client', 7])('refuses %j', (value) => {
    expect(() => parseClientRegistration(value)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });
});
