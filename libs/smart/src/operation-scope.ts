/**
 * Proviso's own scopes, and the role that a client must be registered with to ask for one. Names begin with two
 * underscores, as SMART demands of scopes that it does not define.
 */
export const OPERATION_SCOPES = {
  '__proviso/bindings.write': {
    role: 'registrar',
    text: 'File which subject on the chain speaks for which patient.',
  },
  '__proviso/grants.relay': { role: 'relay', text: 'Hand in signed grants and revocations.' },
  '__proviso/audit.read': { role: 'auditor', text: 'Read records, proofs and checkpoints of everybody.' },
  '__proviso/clients.admin': { role: 'administrator', text: 'Register and remove clients.' },
  // apart from the clients: who looks after messages reads what is in them, of anybody
  '__proviso/messages.admin': {
    role: 'steward',
    text: 'Read, replay and discard received messages; see and separate links of Patients.',
  },
} as const;

/** The name of one of Proviso's own scopes. */
export type OperationScope = keyof typeof OPERATION_SCOPES;

/** A role of Proviso itself. */
export type OperationRole = (typeof OPERATION_SCOPES)[OperationScope]['role'];

export function isOperationScope(name: string): name is OperationScope {
  return Object.hasOwn(OPERATION_SCOPES, name);
}

/**
 * The roles that a token carries: of the client's registered roles, those whose scope was granted. Other roles do not
 * belong to Proviso and stay.
 */
export function rolesOf(registered: readonly string[], scopes: readonly string[]): readonly string[] {
  const granted = scopes.filter(isOperationScope).map((name): string => OPERATION_SCOPES[name].role);
  const own = new Set<string>(Object.values(OPERATION_SCOPES).map((row) => row.role));
  return registered.filter((role) => !own.has(role) || granted.includes(role));
}
