import type { JsonValue } from '#digest';

/**
 * Where a value stands. `PID-11.9`: a component of each repetition of a field; `PID-5`: the field; `PID`: the segment;
 * `.4.2`: a part of the cell that the row above it stands at; `` (empty): that cell itself.
 */
export type Address = string;

/**
 * Where a value goes, from the element that is being made. `name[]` appends to a list, `name[last]` goes into its last
 * item, `extension(url)` is the one with that URL, `extension[](url)` a new one. Empty: the parts of the value become
 * parts of the element itself.
 */
export type ElementPath = string;

/** Whether a row applies; data, so that maps can be listed and digested. Addresses as in rows. */
export type Condition =
  | { readonly valued: Address }
  | { readonly not: Condition }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  /** The first value at the address is one of these, case apart. */
  | { readonly equals: readonly [Address, ...string[]] }
  /** A date or time is written with more than so many characters. */
  | { readonly longer: readonly [Address, number] }
  /** A field has more repetitions than this. */
  | { readonly repeats: readonly [Address, number] };

/** One row of a map: what stands at `from` goes to `to`. */
export interface Row {
  readonly from: Address;
  readonly to: ElementPath;
  /** Name of the data type map that makes the value; absent: the text as it stands. */
  readonly as?: string;
  /** Name of the code table. */
  readonly codes?: string;
  /** HL7 table of the field, `0001`: what a code without a system is looked up in at a sender's own maps. */
  readonly table?: string;
  /** A constant instead of what stands there; placed where `from` is valued, or always where `from` is empty. */
  readonly value?: JsonValue;
  /** The rows of an element that is made for each repetition of `from`. It is left out where only constants came. */
  readonly rows?: readonly Row[];
  readonly when?: Condition;
  /** What it makes is concluded, not said: it counts only where nothing is stored. */
  readonly assumed?: true;
  /** What `""` deletes, where other fields fill the same list: `telecom(home)`, as in `NormalisedResource.cleared`. */
  readonly clears?: string;
}

/** The rows of one segment for one resource. */
export interface SegmentMap {
  readonly segment: string;
  readonly rows: readonly Row[];
  readonly when?: Condition;
}

/** A part of a business key. */
export type KeyPart =
  /** The first valued of these, read as text by the key form of their type. */
  | { readonly first: readonly Address[]; readonly as: KeyForm; readonly optional?: boolean }
  /** The key of another resource of the message, by its name in the map. */
  | { readonly of: string; readonly optional?: boolean }
  | { readonly word: string }
  /** SHA-256 of the message: for what is known from it alone. Control ids come again when a counter is reset. */
  | { readonly digestOf: 'message' };

/**
 * How a cell becomes a part of a key: `identifier` (CX) and `entity` (EI) with their authority, `person` (XCN) with the
 * authority or the name, `name` (XPN), `code` (CWE) with its system, `text` the first leaf, `patient` by the sender's profile.
 */
export type KeyForm = 'identifier' | 'entity' | 'person' | 'name' | 'code' | 'text' | 'patient';

/** A reference from a resource to others of the message, by their names in the map. */
export interface Link {
  readonly to: ElementPath;
  /** The nearest resource of that name: in the group, then around it, then anywhere. */
  readonly of: string;
  /** All of that name within the group instead, each appended. */
  readonly all?: boolean;
  /**
   * Instead of the nearest: the first in the message whose texts at the first addresses are those that stand here at the
   * second ones. Nothing is linked where the first of the latter is empty.
   */
  readonly matching?: readonly (readonly [theirs: Address, own: Address])[];
  readonly when?: Condition;
}

/** A resource that a group of segments makes. */
export interface ResourceMap {
  /** Its name in this message map; several of a type differ by it. */
  readonly name: string;
  readonly type: string;
  /** Alternatives in order: the first whose parts are all there is the key. None complete: the resource is not made. */
  readonly keys: readonly (readonly KeyPart[])[];
  readonly from: readonly SegmentMap[];
  readonly links?: readonly Link[];
  /** What FHIR requires and the message did not say: placed where the element is still absent. */
  readonly defaults?: Readonly<Record<string, JsonValue>>;
  readonly when?: Condition;
  /** `merge`: what is absent stays as stored. */
  readonly mode?: 'merge';
  /** Two with one key in a message: numbered apart, or parts of one resource. */
  readonly equals?: 'number' | 'join';
}

/** What a group adds to a resource that was made elsewhere. */
export interface Addition {
  readonly into: string;
  readonly from: readonly SegmentMap[];
  readonly links?: readonly Link[];
}

/**
 * A group of segments. A segment that opens the group begins a new one, unless the group that is open has none of that
 * name yet and none that comes later among `opens`. So a missing ORC, or one before each OBR, are alike.
 */
export interface GroupMap {
  readonly name: string;
  readonly opens: readonly string[];
  /** Further segments that belong to it. */
  readonly has?: readonly string[];
  readonly groups?: readonly GroupMap[];
  readonly makes?: readonly ResourceMap[];
  readonly adds?: readonly Addition[];
}

/** How a message is converted. Its root opens with MSH. */
export interface MessageMap {
  /** Structure id: `ADT_A01`. */
  readonly structure: string;
  /** Message types that have it: `ADT^A01`. */
  readonly messages: readonly string[];
  readonly root: GroupMap;
  /** Which resources, by name, give way to which: A40. */
  readonly merges?: readonly { readonly from: string; readonly into: string }[];
}
