import type { SubjectDraft } from '#provenance';

/** What a person had filed with her signature, as it stands in the record of the filing. */
export interface Filed {
  readonly person: string;
  readonly patient: string;
  /** Leaf (hex) of the binding of her key; `null` in the record that binds it. */
  readonly binding: string | null;
  /** The exact bytes that were signed, where they are kept. */
  readonly wire: Uint8Array | undefined;
  readonly links: SubjectDraft['links'];
}

/** The sub-entry of the person who signed. It rests on her signature, on no consent. */
export function signedBy(filed: Filed): SubjectDraft {
  const decision = { effect: 'permit', code: null, basis: [], obligations: [] } as const;
  return { ...filed, content: [], upstream: [], decision };
}
