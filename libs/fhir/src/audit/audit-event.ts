import type { JsonObject } from '#digest';
import { auditKind, DEFINITIONS, type AuditKind, type Code } from './audit-kind.js';
import { isRefused, type AuditedAccess } from './audited-access.js';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const SOURCE: Code = { system: DCM, code: '110153' };
const DESTINATION: Code = { system: DCM, code: '110152' };
const RECIPIENT: Code = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  code: 'IRCP',
};
const AUTHOR: Code = { system: RECIPIENT.system, code: 'AUT' };
const ENTITY_TYPE = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const ENTITY_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role';
const RESOURCE_TYPES = 'http://hl7.org/fhir/resource-types';
const LOG_ENTRY: Code = {
  system: `${DEFINITIONS}/CodeSystem/audit-entity-type`,
  code: 'provenance-log-entry',
};
const REQUEST_ID: Code = {
  system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
  code: 'XrequestId',
};
const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** What an AuditEvent says beside the access itself. */
export interface AuditEventParts {
  readonly id: string;
  /** Origin of the log. */
  readonly origin: string;
}

/**
 * The AuditEvent of one access to one person's record: BALP's shape, with the place in the log as an entity. It is made when it
 * is asked for; the log's record is the evidence, and this a view of it.
 *
 * @see https://profiles.ihe.net/ITI/BALP/
 */
export function auditEvent(access: AuditedAccess, { id, origin }: AuditEventParts): JsonObject {
  const kind = auditKind(access);
  return {
    resourceType: 'AuditEvent',
    id,
    meta: { profile: kind.profiles },
    type: { ...kind.type },
    subtype: [{ ...kind.subtype }],
    action: kind.action,
    recorded: access.time,
    outcome: outcomeOf(access),
    ...(isRefused(access) ? { outcomeDesc: access.decision.code ?? access.outcome } : {}),
    ...purposeOf('purposeOfEvent', access),
    agent: agentsOf(access, kind),
    source: {
      observer: identified('urn:proviso:gateway', access.gateway),
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity: [
      ...patientOf(access),
      ...contentOf(access, kind),
      ...transactionOf(access),
      logEntryOf(access, origin),
    ],
  };
}

/** 0 success, 4 the caller's fault or a refusal, 8 ours. */
function outcomeOf(access: AuditedAccess): string {
  if (!isRefused(access)) return '0';
  return access.status >= 500 ? '8' : '4';
}

function agentsOf(access: AuditedAccess, { flows }: AuditKind): readonly JsonObject[] {
  const { client, user, roles } = access.actor;
  const [clientType, serverType] = flows === 'to-client' ? [DESTINATION, SOURCE] : [SOURCE, DESTINATION];
  const role =
    roles.length === 0 ? {} : { role: roles.map((code) => concept({ system: 'urn:proviso:role', code })) };
  const purpose = purposeOf('purposeOfUse', access);
  const asking = {
    type: concept(clientType),
    ...role,
    who: client === null ? absent('unknown') : identified('urn:proviso:client', client),
    requestor: user === null,
    ...(user === null ? purpose : {}),
    network: absent('unknown'),
  };
  const serving = {
    type: concept(serverType),
    who: identified('urn:proviso:gateway', access.gateway),
    requestor: false,
    network: absent('unknown'),
  };
  return user === null ? [asking, serving] : [asking, serving, userOf(user, flows, purpose)];
}

function userOf(user: string, flows: AuditKind['flows'], purpose: JsonObject): JsonObject {
  return {
    type: concept(flows === 'to-client' ? RECIPIENT : AUTHOR),
    who: identified('urn:proviso:user', user),
    requestor: true,
    ...purpose,
  };
}

function purposeOf(name: string, { actor: { purpose } }: AuditedAccess): JsonObject {
  if (purpose === null) return {};
  return {
    [name]: [concept({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: purpose })],
  };
}

function patientOf({ patient }: AuditedAccess): readonly JsonObject[] {
  if (patient === null) return [];
  return [
    {
      what: { reference: `Patient/${patient}` },
      type: { system: ENTITY_TYPE, code: '1' },
      role: { system: ENTITY_ROLE, code: '1' },
    },
  ];
}

/** A query has one entity for its parameters, which the log commits to and does not keep; what was found is named by its type. */
function contentOf(access: AuditedAccess, { action }: AuditKind): readonly JsonObject[] {
  const [only, ...others] = access.items;
  if (action !== 'E' && only !== undefined && others.length === 0) {
    return [{ ...dataOf(only), type: { system: ENTITY_TYPE, code: '2' } }];
  }
  const data = access.items.map((item) => ({
    ...dataOf(item),
    type: { system: RESOURCE_TYPES, code: item.type },
  }));
  return access.interaction === 'search-type' ? [queryOf(access), ...data] : data;
}

function queryOf({ request: { path } }: AuditedAccess): JsonObject {
  return {
    type: { system: ENTITY_TYPE, code: '2' },
    role: { system: ENTITY_ROLE, code: '24' },
    description: path.slice(1),
    _query: absent('masked'),
  };
}

function dataOf({ type, id, versionId }: AuditedAccess['items'][number]): JsonObject {
  const version = versionId === '' ? '' : `/_history/${versionId}`;
  return {
    what: { reference: `${type}/${id}${version}` },
    role: { system: ENTITY_ROLE, code: '4' },
  };
}

function transactionOf({ request: { requestId } }: AuditedAccess): readonly JsonObject[] {
  if (requestId === '') return [];
  return [{ what: { identifier: { value: requestId } }, type: { ...REQUEST_ID } }];
}

function logEntryOf(access: AuditedAccess, origin: string): JsonObject {
  return {
    what: identified('urn:proviso:log-entry', `${origin}#${access.index}`),
    type: { ...LOG_ENTRY },
    detail: [
      detail('leaf', access.leaf),
      detail('class', String(access.class)),
      detail('position', String(access.position)),
      detail('subject-sequence', String(access.subjectSeq)),
      detail('effect', access.decision.effect),
      ...access.decision.basis.map((basis) => detail('basis', basis)),
    ],
  };
}

function detail(type: string, valueString: string): JsonObject {
  return { type, valueString };
}

function identified(system: string, value: string): JsonObject {
  return { identifier: { system, value } };
}

function concept(code: Code): JsonObject {
  return { coding: [{ ...code }] };
}

/** In the place of what is not there: neither networks nor parameters are recorded in the clear. */
function absent(reason: 'unknown' | 'masked'): JsonObject {
  return { extension: [{ url: ABSENT, valueCode: reason }] };
}
