import type { JsonObject, JsonValue } from '#digest';
import type { IssueCode, NormaliseIssue } from '../../normalised.js';
import { resourceIdOf } from '../../resource-id.js';
import type { CodeTable } from '../codes/code-table.js';
import type { Cell, Segment, V2Message } from '../message/message.js';
import type { SenderProfile } from '../sender-profile.js';
import type { GroupOfSegments } from './group-segments.js';
import type { Row } from './map.js';
import { GrowingElement } from './growing-element.js';

/** Where a row stands while it is walked: all that a data type map may look at beside its cell. */
export interface Place {
  readonly conversion: Conversion;
  readonly group: GroupOfSegments;
  readonly segment: Segment;
  /** The cell of the row above, which relative addresses start from; `undefined` right below a segment. */
  readonly cell: Cell | undefined;
  readonly row: Row;
  /** Type of the resource that is made. */
  readonly type: string;
}

/**
 * Makes a FHIR value of a cell. `undefined` where nothing can be made; what was there and could not be used MUST have an
 * issue then, or stay unread.
 */
export type DatatypeMap = (cell: Cell, place: Place) => JsonValue | undefined;

/** The tables that a conversion works by. */
export interface MapTables {
  readonly datatypes: Readonly<Record<string, DatatypeMap>>;
  readonly codes: Readonly<Record<string, CodeTable>>;
}

/** A directory resource that a cell names: a practitioner, an organisation, a location. */
export interface Related {
  readonly type: string;
  /** What tells it from others of its type at this sender. */
  readonly key: string;
  readonly resource: JsonObject;
}

/** One that was related, with all that was said of it. */
export interface RelatedResource {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  readonly element: GrowingElement;
}

const SEVERITY: Readonly<Partial<Record<IssueCode, NormaliseIssue['severity']>>> = {
  unmapped: 'information',
  'unmapped-code': 'information',
  'zone-assumed': 'information',
  structure: 'information',
  repeated: 'information',
};

/** What one message has become so far. Everything that is not taken over ends here as an issue. */
export class Conversion {
  readonly issues: NormaliseIssue[] = [];
  private readonly remarks = new Set<string>();
  readonly related = new Map<string, RelatedResource>();

  constructor(
    readonly message: V2Message,
    readonly sender: SenderProfile,
    readonly tables: MapTables,
    /** SHA-256 of the message's bytes, lower case hexadecimal. */
    readonly digest: string,
  ) {}

  /** Notes something about a place in the message; once. */
  remark(code: IssueCode, expression: string, type?: string): void {
    const remark = `${code} ${expression}`;
    if (!this.remarks.has(remark))
      this.issues.push({ severity: SEVERITY[code] ?? 'warning', code, type, expression });
    this.remarks.add(remark);
  }

  /** A reference to a directory resource, which is added to the message's, or joined with its equal. */
  relate(related: Related): JsonObject {
    const id = resourceIdOf(this.sender.id, related.type, related.key);
    const { type, key, resource } = related;
    const before = this.related.get(id);
    if (before === undefined) this.related.set(id, { type, id, key, element: new GrowingElement(resource) });
    else before.element.join(withAlias(before.element.value, related));
    return { reference: `${related.type}/${id}` };
  }
}

/** What another says of the same; another name of an organisation is an alias of it. */
function withAlias(first: JsonObject, { type, resource }: Related): JsonObject {
  const { name } = resource;
  const hasOther =
    type === 'Organization' && name !== undefined && first['name'] !== undefined && name !== first['name'];
  return hasOther ? { ...resource, alias: [name] } : resource;
}
