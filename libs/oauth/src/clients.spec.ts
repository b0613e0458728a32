import { MemoryTokenStore } from '../../smart/src/testing/memory-token-store.js';
import { findClient, listClients, registerClient, removeClient } from './clients.js';

const key = { kty: 'EC', crv: 'P-384', kid: 'k', x: 'A'.repeat(64), y: 'A'.repeat(64) };
const client = (id: string) => ({
  id,
  name: id,
  jwks: { keys: [key] },
  scopes: ['system/*.rs'],
  purposes: ['TREAT'],
});

describe('the registry of clients', () => {
  it('finds, lists and removes what was registered', async () => {
    const store = new MemoryTokenStore();
    await registerClient(store, client('b'));
    await registerClient(store, client('a'));
    expect(await findClient(store, 'a')).toMatchObject({ id: 'a', purposes: ['TREAT'], roles: [] });
    expect((await listClients(store)).map((each) => each.id)).toEqual(['a', 'b']);
    expect(await removeClient(store, 'a')).toBe(true);
    expect(await removeClient(store, 'a')).toBe(false);
    expect(await findClient(store, 'a')).toBeUndefined();
  });

  it('replaces a registration', async () => {
    const store = new MemoryTokenStore();
    await registerClient(store, client('a'));
    await registerClient(store, { ...client('a'), purposes: ['HPAYMT'] });
    expect(await listClients(store)).toMatchObject([{ id: 'a', purposes: ['HPAYMT'] }]);
  });

  it('takes a registration for the same whatever the order of its members', async () => {
    const store = new MemoryTokenStore();
    await registerClient(store, client('a'));
    const reversed = Object.fromEntries(Object.entries(key).toReversed());
    const { jwks: _replaced, ...rest } = client('a');
    await registerClient(store, { jwks: { keys: [reversed] }, ...rest });
    await registerClient(store, { ...client('a'), jwks: { keys: [reversed] } });
    expect(store.calls.get('upsert')).toBe(1);
  });

  it('stores nothing that is not acceptable', async () => {
    const store = new MemoryTokenStore();
    await expect(registerClient(store, { ...client('a'), secret: 'x' })).rejects.toMatchObject({
      code: 'invalid-value',
    });
    expect(await listClients(store)).toEqual([]);
  });

  it('passes on that a row was tampered with', async () => {
    const store = new MemoryTokenStore();
    store.failNext(new Error('integrity-failure'));
    await expect(findClient(store, 'a')).rejects.toThrow('integrity-failure');
  });
});
