import type { NormaliseIssue } from '../normalised.js';
import { resourceIdOf } from '../resource-id.js';
import { CODE_TABLES } from './codes/code-tables.js';
import { DATATYPES } from './datatypes/datatypes.js';
import { epochMsOf } from './dates/dates.js';
import { convertMessage } from './engine/convert-message.js';
import { mapsDigest } from './maps-digest.js';
import type { MessageHead, V2Message } from './message/message.js';
import { parseMessage } from './message/parse-message.js';
import { messageMap } from './messages/message-maps.js';
import type { V2Context, V2Normalised } from './normalised-message.js';
import { routeOf } from './route-of.js';

/** The converter as lineage names it. The version changes with what comes out: `converter-version.spec.ts`. */
const CONVERTER = { name: 'proviso-hl7-v2', version: '1.1.0' } as const;

const TABLES = { datatypes: DATATYPES, codes: CODE_TABLES };

/**
 * Converts an HL7 v2 message to FHIR R4 resources with our ids.
 *
 * Never throws for anything in the bytes, takes no clock, and gives the same for the same bytes. Every populated leaf of the
 * message is in a resource, or has an issue; every resource is valid and refers to resources of this message only.
 *
 * @param bytes One message, from MSH on; batches are taken apart by `splitBatch`.
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/
 */
export function normaliseV2(bytes: Uint8Array, context: V2Context): V2Normalised {
  const { sender, validate } = context;
  const parsed = parseMessage(bytes, { charset: sender.charset });
  if (parsed.kind === 'fault') return without('malformed', undefined, fault(parsed.fault.location));
  const { message } = parsed;
  const type = typeOf(message.header);
  const map = type === undefined ? undefined : messageMap(type);
  if (map === undefined) return without('unsupported', message, unsupported(), sender);
  const converted = convertMessage(message, map, { sender, tables: TABLES, raw: bytes, validate });
  return {
    kind: 'converted',
    message: type,
    eventMs: eventMsOf(message, sender.zone),
    converter: { ...CONVERTER, maps: mapsDigest() },
    ...converted,
  };
}

function without(
  kind: 'malformed' | 'unsupported',
  message: V2Message | undefined,
  issue: NormaliseIssue,
  sender?: V2Context['sender'],
): V2Normalised {
  const [key] = message === undefined || sender === undefined ? [] : routeOf(message, sender);
  const isNamed = key !== undefined && sender !== undefined;
  return {
    kind,
    message: message === undefined ? undefined : typeOf(message.header),
    patient: isNamed ? { sourceId: key, id: resourceIdOf(sender.id, 'Patient', key) } : undefined,
    eventMs: message === undefined ? undefined : eventMsOf(message, sender?.zone),
    resources: [],
    issues: [...(message?.issues ?? []), issue],
    merges: [],
    converter: { ...CONVERTER, maps: mapsDigest() },
  };
}

function typeOf({ code, trigger }: MessageHead): string | undefined {
  return code === undefined ? undefined : [code, trigger].filter((part) => part !== undefined).join('^');
}

function fault(location: string): NormaliseIssue {
  return { severity: 'error', code: 'malformed', type: undefined, expression: location };
}

function unsupported(): NormaliseIssue {
  return { severity: 'warning', code: 'unsupported', type: undefined, expression: 'MSH-9' };
}

/** EVN-2, else MSH-7. */
function eventMsOf(message: V2Message, zone: string | undefined): number | undefined {
  const event = message.segments.find(({ name }) => name === 'EVN');
  const recorded = event === undefined ? undefined : epochMsOf(event.first(2).value(), zone);
  return recorded ?? epochMsOf(message.header.time, zone);
}
