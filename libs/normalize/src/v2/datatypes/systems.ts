import { localSystem, systemOfName, systemOfOid } from '#terminology';
import type { Cell } from '../message/message.js';
import type { SenderProfile } from '../sender-profile.js';

const OID = /^[0-2](\.(0|[1-9]\d*))+$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The parts of an HD: namespace, universal id and its type. */
export interface AuthorityParts {
  readonly namespace: string | undefined;
  readonly universalId: string | undefined;
  readonly type: string | undefined;
}

/** Reads the parts of an HD. */
export function authorityParts(authority: Pick<Cell, 'at'>): AuthorityParts {
  const [namespace, universalId, type] = [1, 2, 3].map((part) => authority.at(part).value());
  return { namespace, universalId, type };
}

/** Authorities that are the same everywhere, by the names that senders write. */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  USSSA: 'http://hl7.org/fhir/sid/us-ssn',
  SSA: 'http://hl7.org/fhir/sid/us-ssn',
  NPI: 'http://hl7.org/fhir/sid/us-npi',
  CLIA: 'urn:oid:2.16.840.1.113883.4.7',
};

/**
 * The identifier system of an assigning authority: what the sender's profile says; an OID or UUID as a URN; else its
 * namespace, as a URN of this sender.
 */
export function assignerSystem(
  authority: Pick<Cell, 'at' | 'isEmpty'>,
  sender: SenderProfile,
): string | undefined {
  return authority.isEmpty ? undefined : systemOfAuthority(authorityParts(authority), sender);
}

/** As `assignerSystem`, of parts that were read. */
export function systemOfAuthority(parts: AuthorityParts, sender: SenderProfile): string | undefined {
  const names = [parts.universalId, parts.namespace].filter((name) => name !== undefined);
  const own = names.map((name) => ownEntry(sender.authorities, name)).find((uri) => uri !== undefined);
  if (own !== undefined) return own;
  const universal = universalOf(parts);
  if (universal !== undefined) return universal;
  const name = parts.namespace ?? parts.universalId;
  if (name === undefined) return undefined;
  return ownEntry(WELL_KNOWN, name.toUpperCase()) ?? universalUri(name) ?? localSystem(sender.id, name);
}

/** Types of universal id (table 0301) whose ids are no URIs of their own, whatever they look like. */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  'L',
  'M',
  'N',
  'HCD',
  'HL7',
  'X400',
  'X500',
  'RANDOM',
  'CLIA',
  'CLIP',
  'CAP',
]);

/** The universal id of an authority as a URI, where it is one by its type and form. */
export function universalOf({ universalId, type }: AuthorityParts): string | undefined {
  const isLocal = type !== undefined && LOCAL_TYPES.has(type.toUpperCase());
  return universalId === undefined || isLocal ? undefined : universalUri(universalId);
}

/** An OID, UUID or URI as a URI; `undefined` for anything else. */
export function universalUri(id: string): string | undefined {
  if (OID.test(id)) return `urn:oid:${id}`;
  if (UUID.test(id)) return `urn:uuid:${id.toLowerCase()}`;
  return /^(https?:\/\/|urn:)\S+$/i.test(id) ? id : undefined;
}

/**
 * The URI of a coding system as CWE-3 names it: what the sender's profile says, a name of HL7 table 0396, a table of
 * HL7 v2, an OID; else the name as a URN of this sender.
 */
export function codingSystem(name: string | undefined, sender: SenderProfile): string | undefined {
  if (name === undefined) return undefined;
  return (
    ownEntry(sender.codeSystems, name) ??
    systemOfName(name) ??
    systemOfOid(name) ??
    universalUri(name) ??
    localSystem(sender.id, name)
  );
}

/** A member of a record by a name that came from outside. */
export function ownEntry<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
