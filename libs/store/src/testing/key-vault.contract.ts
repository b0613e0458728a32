import { randomUUID } from 'node:crypto';
import type { KeyScope, KeyVault } from '#provenance';

const plain = Buffer.from('what a person did');

type MakeVault = () => Promise<KeyVault>;

const person = (): KeyScope => ({ kind: 'person', person: randomUUID() });

/** What every `KeyVault` does. `make` gives a vault whose keys nothing else uses. */
export function shouldBehaveLikeKeyVault(make: MakeVault): void {
  keepsScopesApart(make);
  refusesWhatDoesNotFit(make);
  destroysAndRotates(make);
}

function keepsScopesApart(make: MakeVault): void {
  it('opens what it sealed', async () => {
    const vault = await make();
    const { keyId, sealed } = await vault.wrap(person(), plain, 'row-1');
    expect(await vault.unwrap(keyId, sealed, 'row-1')).toEqual(plain);
  });

  it('uses one key for a scope, and different keys for different scopes', async () => {
    const vault = await make();
    const scope = person();
    const [first, again, other] = await Promise.all(
      [scope, scope, person()].map((each) => vault.wrap(each, plain, 'row-1')),
    );
    expect(again?.keyId).toBe(first?.keyId);
    expect(other?.keyId).not.toBe(first?.keyId);
  });

  it('keeps actor, period and person scopes of equal words apart', async () => {
    const vault = await make();
    const scopes: readonly KeyScope[] = [
      { kind: 'op', period: '2026-11' },
      { kind: 'request', period: '2026-11' },
      { kind: 'actor', period: '2026-11', actor: 'client:a' },
      { kind: 'actor', period: '2026-12', actor: 'client:a' },
      { kind: 'person', person: '2026-11' },
    ];
    const wrapped = await Promise.all(scopes.map((scope) => vault.wrap(scope, plain, 'row-1')));
    expect(new Set(wrapped.map(({ keyId }) => keyId)).size).toBe(scopes.length);
  });

  it('seals equal bytes differently each time', async () => {
    const vault = await make();
    const scope = person();
    const first = await vault.wrap(scope, plain, 'row-1');
    const second = await vault.wrap(scope, plain, 'row-1');
    expect(second.sealed).not.toEqual(first.sealed);
  });
}

function refusesWhatDoesNotFit(make: MakeVault): void {
  it('refuses a ciphertext that was moved to another row', async () => {
    const vault = await make();
    const { keyId, sealed } = await vault.wrap(person(), plain, 'row-1');
    await expect(vault.unwrap(keyId, sealed, 'row-2')).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it.each(['nonce', 'body', 'tag'])('refuses a ciphertext with a changed %s', async (part) => {
    const vault = await make();
    const { keyId, sealed } = await vault.wrap(person(), plain, 'row-1');
    const changed = Uint8Array.from(sealed);
    const at = { nonce: 0, body: 14, tag: changed.length - 1 }[part] ?? 0;
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(vault.unwrap(keyId, changed, 'row-1')).rejects.toMatchObject({ code: 'integrity-failure' });
    await expect(vault.unwrap(keyId, changed.subarray(0, 20), 'row-1')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
  });

  it('refuses a key that it never had', async () => {
    const vault = await make();
    const { sealed } = await vault.wrap(person(), plain, 'row-1');
    await expect(vault.unwrap('nobody', sealed, 'row-1')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
  });
}

function destroysAndRotates(make: MakeVault): void {
  it('opens nothing of a destroyed scope, and everything of the others', async () => {
    const vault = await make();
    const [gone, kept] = [person(), person()];
    const first = await vault.wrap(gone, plain, 'row-1');
    const second = await vault.wrap(kept, plain, 'row-1');
    await vault.destroy(gone);
    expect(await vault.unwrap(first.keyId, first.sealed, 'row-1')).toBeUndefined();
    expect(await vault.unwrap(second.keyId, second.sealed, 'row-1')).toEqual(plain);
  });

  it('begins a new key for a scope that was destroyed', async () => {
    const vault = await make();
    const scope = person();
    const before = await vault.wrap(scope, plain, 'row-1');
    await vault.destroy(scope);
    const after = await vault.wrap(scope, plain, 'row-1');
    expect(after.keyId).not.toBe(before.keyId);
    expect(await vault.unwrap(after.keyId, after.sealed, 'row-1')).toEqual(plain);
  });

  it('opens what was sealed before the epoch was rotated', async () => {
    const vault = await make();
    const { keyId, sealed } = await vault.wrap(person(), plain, 'row-1');
    await vault.rotateEpoch();
    await vault.rotateEpoch();
    expect(await vault.unwrap(keyId, sealed, 'row-1')).toEqual(plain);
  });
}
