import { decide, permitSource, permitWrite, type ServePermit, type SourceWritePermit } from '#consent';

/** A decision to write (or to read), as the gateway would get it for a client with consent. */
export function decisionTo(kind: 'create' | 'update' | 'read', clockMs = Date.now()): ServePermit {
  const decision = decide({
    asker: {
      tenant: 'default',
      client: 'app',
      user: undefined,
      organization: undefined,
      roles: [],
      purpose: 'TREAT',
      expiresMs: clockMs + 600_000,
    },
    interaction: { kind, types: ['Condition'], patients: [] },
    scopes: [{ type: 'Condition', criteria: [] }],
    ruleSets: new Map(),
    chain: {
      state: {
        at: { number: 1n, hash: '0x00', position: 1n },
        blockTime: Math.floor(clockMs / 1000),
        contactMs: clockMs,
      },
      ageBy: 'contact',
      staleMs: 60_000,
    },
    times: {
      clockMs,
      blockTimeS: Math.floor(clockMs / 1000),
      lastSealedMs: undefined,
      blockLagMs: undefined,
    },
  });
  if (decision.kind !== 'permit') throw new Error(decision.code);
  return decision.permit;
}

/** Permits to create at a source, and to change. */
export function writePermits(source: string, clockMs = Date.now()) {
  const permit = permitSource({ source });
  const to = (kind: 'create' | 'update'): SourceWritePermit => permitWrite(decisionTo(kind, clockMs), permit);
  return { collect: to('create'), correct: to('update') };
}
