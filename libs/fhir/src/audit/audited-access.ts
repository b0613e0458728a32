/** What is known of one access to one person's record, from the log's record of it: what an AuditEvent is made of. */
export interface AuditedAccess {
  readonly index: bigint;
  /** Leaf hash, hex. */
  readonly leaf: string;
  readonly position: number;
  /** Class byte of the entry. */
  readonly class: number;
  /** RFC 3339. */
  readonly time: string;
  readonly interaction: string;
  /** A word: `permit`, `success`, or the code of an error. */
  readonly outcome: string;
  /** HTTP status of the answer. */
  readonly status: number;
  readonly gateway: string;
  readonly actor: {
    readonly client: string | null;
    readonly user: string | null;
    readonly roles: readonly string[];
    readonly purpose: string | null;
  };
  readonly request: { readonly method: string; readonly path: string; readonly requestId: string };
  readonly patient: string | null;
  readonly subjectSeq: bigint;
  readonly items: readonly { readonly type: string; readonly id: string; readonly versionId: string }[];
  readonly decision: {
    readonly effect: string;
    readonly code: string | null;
    /** `consent:<id>` or `policy:<id>@<digest>`. */
    readonly basis: readonly string[];
  };
}

/** Whether the access was refused or failed, whatever the answer was called. */
export function isRefused({ decision, status }: Pick<AuditedAccess, 'decision' | 'status'>): boolean {
  return decision.effect === 'refusal' || status >= 400;
}
