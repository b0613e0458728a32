import { Buffer } from 'node:buffer';
import type { JsonObject } from '#digest';
import type { DatatypeMap, Place } from '../../engine/conversion.js';
import type { Cell } from '../../message/message.js';
import { EXTENSION } from '../extensions.js';
import { compact } from '../parts.js';

/** Types of data (table 0191) that are a top level media type, by what senders write. */
const MEDIA: Readonly<Record<string, string>> = {
  AP: 'application',
  APPLICATION: 'application',
  AU: 'audio',
  AUDIO: 'audio',
  FT: 'text',
  IM: 'image',
  IMAGE: 'image',
  MULTIPART: 'multipart',
  TEXT: 'text',
  TX: 'text',
  VIDEO: 'video',
};
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^(?:[0-9A-Fa-f]{2})*$/;

/** `application/pdf` of `AP` and `PDF`; a subtype that is a whole media type stands for itself. */
export function mediaType(type: string | undefined, subtype: string | undefined): string | undefined {
  if (subtype?.includes('/') === true) return subtype.toLowerCase();
  const key = type?.toUpperCase() ?? '';
  const top = Object.hasOwn(MEDIA, key) ? MEDIA[key] : undefined;
  return top === undefined || subtype === undefined ? undefined : `${top}/${subtype.toLowerCase()}`;
}

/** The bytes of an ED as base64, by its encoding (table 0299); `undefined` where they are not what it says. */
export function base64Of(encoding: string | undefined, data: string): string | undefined {
  const bare = data.replace(/\s+/g, '');
  switch (encoding?.toUpperCase() ?? '') {
    case 'BASE64':
      return BASE64.test(bare) && bare.length % 4 === 0 ? bare : undefined;
    case 'HEX':
      return HEX.test(bare) ? Buffer.from(bare, 'hex').toString('base64') : undefined;
    case 'A':
      return Buffer.from(data, 'utf8').toString('base64');
    default:
      return undefined;
  }
}

/** ED as Attachment. Data that is not in its encoding is not taken over, with an issue. */
export const attachmentOfEd: DatatypeMap = (cell, place) => {
  const [type, subtype] = [2, 3].map((part) => cell.at(part).value());
  const text = cell.at(5).text();
  const data = text === undefined ? undefined : base64Of(cell.at(4).value(), text);
  if (text !== undefined && data === undefined)
    place.conversion.remark('invalid-value', cell.path, place.type);
  return compact({ ...typed(type, subtype), data });
};

/** RP as Attachment: where the document lies, and its type. */
export const attachmentOfRp: DatatypeMap = (cell) => {
  const url = cell.at(1).text();
  const [type, subtype] = [3, 4].map((part) => cell.at(part).value());
  return url === undefined ? undefined : compact({ ...typed(type, subtype), url });
};

/** The media type, or what was sent in its place. */
function typed(type: string | undefined, subtype: string | undefined): JsonObject {
  const contentType = mediaType(type, subtype);
  const text = [type, subtype].filter((part) => part !== undefined).join('/');
  if (contentType !== undefined) return { contentType };
  return text === ''
    ? {}
    : { extension: [{ url: EXTENSION.alternateCodes, valueCodeableConcept: { text } }] };
}

/** Where an Observation keeps an attachment as its value, before FHIR R5. */
export const VALUE_ATTACHMENT = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value';

/** An attachment as the value of an Observation. */
export function attachedValue(attachment: DatatypeMap): (cell: Cell, place: Place) => JsonObject | undefined {
  return (cell, place) => {
    const valueAttachment = attachment(cell, place);
    return valueAttachment === undefined
      ? undefined
      : { extension: [{ url: VALUE_ATTACHMENT, valueAttachment }] };
  };
}
