import type { Hex } from '#consent';
import type { HeadSource, SampleFinding } from '#store';

/** What of a chain is no longer what was pinned, or final. */
export type LostPart = 'chain-id' | 'genesis' | 'consent-code' | 'anchor-code' | 'head';

/** Something that a monitor found. Ids are opaque; no finding says anything about a person. */
export type MonitorFinding =
  | SampleFinding
  | {
      readonly kind: 'log-rolled-back';
      readonly source: HeadSource;
      readonly known: bigint;
      readonly stored: bigint;
    }
  | { readonly kind: 'log-forked'; readonly source: HeadSource; readonly size: bigint }
  | { readonly kind: 'head-missing' }
  | { readonly kind: 'checkpoint-invalid' }
  | { readonly kind: 'root-mismatch'; readonly size: bigint }
  | { readonly kind: 'log-frozen'; readonly logId: Hex }
  | {
      readonly kind: 'chain-reset';
      readonly lost: LostPart;
      readonly expected: string;
      readonly found: string;
    }
  | {
      readonly kind: 'anchors-withheld';
      /** The first record that no final anchor covers. */
      readonly from: bigint;
    }
  | {
      readonly kind: 'foreign-anchor';
      readonly size: bigint;
      readonly block: bigint;
      readonly transaction: Hex;
    }
  | {
      readonly kind: 'nodes-disagree';
      readonly block: bigint;
      /** Places in `CHAIN_RPC_URLS`, from 0, by the hash that they give. */
      readonly groups: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'events-disagree';
      readonly from: bigint;
      readonly to: bigint;
      /** Places in `CHAIN_RPC_URLS`, from 0, by the events that they give. */
      readonly groups: readonly (readonly number[])[];
    }
  | { readonly kind: 'gateway-vanished'; readonly session: string }
  | { readonly kind: 'write-open'; readonly write: string; readonly source: string }
  | { readonly kind: 'projection-behind'; readonly block: bigint }
  | { readonly kind: 'follower-behind'; readonly follower: string; readonly position: bigint }
  | { readonly kind: 'word-differs'; readonly subject: Hex; readonly grantId: Hex }
  | { readonly kind: 'unchecked'; readonly check: string };

/** Where a check happened to look is no part of what it found. */
const LOOKED_AT: Partial<Record<MonitorFinding['kind'], Readonly<Record<string, undefined>>>> = {
  'nodes-disagree': { block: undefined },
  'projection-behind': { block: undefined },
  'events-disagree': { to: undefined },
  'follower-behind': { position: undefined },
};

/** By what two looks know the same finding: all that it says, but for where they happened to look. */
export function findingKey(finding: MonitorFinding): string {
  const same = { ...finding, ...LOOKED_AT[finding.kind] };
  return JSON.stringify(same, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** A finding's fields as an incident shows them. */
export function findingDetails(finding: MonitorFinding): Readonly<Record<string, string>> {
  const fields = Object.entries<string | number | bigint | undefined | readonly unknown[]>(finding);
  return Object.fromEntries(
    fields
      .filter(([name]) => name !== 'kind')
      .map(([name, value]) => [name, Array.isArray(value) ? JSON.stringify(value) : String(value)]),
  );
}
