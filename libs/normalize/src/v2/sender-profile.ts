/** What a local code means. */
export interface MappedCode {
  readonly system: string;
  readonly code: string;
  readonly display?: string | undefined;
}

/** What is known of a sender of HL7 v2. Read from JSON and checked by `#ehr`; every part but the id may be empty. */
export interface SenderProfile {
  /** The source; part of every id that is made. */
  readonly id: string;
  /** IANA zone of times that name none; `undefined`: such times become dates, with a warning. */
  readonly zone: string | undefined;
  /** WHATWG label of the character set where MSH-18 is empty. */
  readonly charset: string | undefined;
  /** Namespace or OID of an assigning authority → identifier system. */
  readonly authorities: Readonly<Record<string, string>>;
  /** Identifier systems that name a patient at this sender; the first that a message has counts. Empty: type MR, PI, PT, then the first. */
  readonly patientAuthorities: readonly string[];
  /** Name of a coding system, as in CWE-3 → its URI. */
  readonly codeSystems: Readonly<Record<string, string>>;
  /** Local system URI, or HL7 table (`HL70001`) → local code → what it means. */
  readonly codeMaps: Readonly<Record<string, Readonly<Record<string, MappedCode>>>>;
}

/** A profile that knows nothing of its sender. */
export function plainSender(id: string): SenderProfile {
  return {
    id,
    zone: undefined,
    charset: undefined,
    authorities: {},
    patientAuthorities: [],
    codeSystems: {},
    codeMaps: {},
  };
}
