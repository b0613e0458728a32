import { isObject } from '#fhir';
import { firstCellAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { codeableConcept, coding, codeOfTable, mappedCode } from './codes.js';
import { EXTENSION } from './extensions.js';
import { identifierType } from './identifiers.js';
import { again } from './observation/observation-types.js';
import { extension } from './parts.js';
import { integerOf } from './quantities.js';
import { codingSystem } from './systems.js';
import { dateTime } from './times.js';

/** A code that the map knows; another is kept by the extension for it, so it is no loss here. */
const knownCode: DatatypeMap = (cell, place) => mappedOf(cell, place)?.code;

function mappedOf(cell: Cell, place: Place): ReturnType<typeof mappedCode> {
  const code = cell.at(1).value();
  return code === undefined
    ? undefined
    : mappedCode(code, codingSystem(cell.at(3).value(), place.conversion.sender), place);
}

/** What a sender's code was before it became one of a required set. */
const alternateCodes: DatatypeMap = (cell, place) => {
  const concept = codeableConcept(cell, place);
  return concept === undefined
    ? undefined
    : { extension: [extension(EXTENSION.alternateCodes, 'valueCodeableConcept', concept)] };
};

/** A reaction: a text by the standard, a coded element of some senders. */
const conceptOrText: DatatypeMap = (cell, place) => {
  if (cell.parts > 1) return codeableConcept(cell, place);
  const text = cell.text();
  return text === undefined ? undefined : { text };
};

/** DG1-3; where it names no system, DG1-2 (the coding method, until v2.3) does. */
const diagnosis: DatatypeMap = (cell, place) => {
  const concept = codeableConcept(cell, place);
  const method = firstCellAt('DG1-2', place);
  if (!isObject(concept) || method === undefined || !cell.at(3).isEmpty || cell.at(1).isEmpty) return concept;
  const system = codingSystem(method.value(), place.conversion.sender);
  const code = cell.at(1).value();
  const display = cell.at(2).value();
  return { ...concept, coding: [coding({ system, code, display })] };
};

/** PR1-5 plus the minutes of PR1-7. */
const procedureEnd: DatatypeMap = (cell, place) => {
  const start = dateTime(cell, place);
  const minutes = Number(firstCellAt('PR1-7', place)?.value() ?? Number.NaN);
  const [, local = '', offset = ''] = /^(.{19})(?:\.\d+)?([+-]\d\d:\d\d)$/.exec(start ?? '') ?? [];
  const ms = Date.parse(`${local}Z`) + minutes * 60_000;
  return Number.isNaN(ms) || Math.abs(minutes) > 100_000
    ? undefined
    : `${new Date(ms).toISOString().slice(0, 19)}${offset}`;
};

const EVENTS = 'http://terminology.hl7.org/CodeSystem/v2-0003';

/** MSH-9 as Coding of the trigger event. */
const messageEvent: DatatypeMap = (cell, place) => {
  const code = cell.at(2).value();
  const display = messageText(cell, place);
  return code === undefined ? { code: cell.at(1).value() ?? '', display } : { system: EVENTS, code, display };
};

/** MSH-9 as it stands. */
const messageText: DatatypeMap = (cell) =>
  [1, 2, 3]
    .map((part) => cell.at(part).value())
    .filter((part) => part !== undefined)
    .join('^');

/** A component of PT as a tag. */
function processing(part: number, codes: string, system: string): DatatypeMap {
  return (cell, place) => {
    const code = cell.at(part).value();
    return code === undefined ? undefined : { system, ...codeOfTable(code, codes, place) };
  };
}

/** A number of a fixed type and, where there is one, system. */
function numbered(type: string, system?: string): DatatypeMap {
  return (cell, place) => {
    const value = cell.at(1).value();
    if (value === undefined) return undefined;
    return { type: identifierType(type, place) ?? {}, ...(system === undefined ? {} : { system }), value };
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as the narrative of a resource. */
const narrative: DatatypeMap = (cell) => {
  const text = cell.text()?.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '');
  const div = `<div xmlns="http://www.w3.org/1999/xhtml">${text ?? ''}</div>`;
  return text === undefined ? undefined : { status: 'additional', div };
};

/** Data types that the patient side needs beside the common ones. */
export const PATIENT_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'again[MSH-9.2]': again('MSH-9.2'),
  'CWE[code-known]': knownCode,
  'CWE[alternate-codes]': alternateCodes,
  'CWE[CodeableConcept-text]': conceptOrText,
  'CWE[diagnosis]': diagnosis,
  'DTM[plus-PR1-7]': procedureEnd,
  'MSG[Coding]': messageEvent,
  'MSG[text]': messageText,
  'NM[rank]': integerOf(1),
  'PT[Coding-id]': processing(1, 'ProcessingID', 'http://terminology.hl7.org/CodeSystem/v2-0103'),
  'PT[Coding-mode]': processing(2, 'ProcessingMode', 'http://terminology.hl7.org/CodeSystem/v2-0207'),
  'ST[Identifier-MA]': numbered('MA'),
  'ST[Identifier-MC]': numbered('MC', 'http://hl7.org/fhir/sid/us-medicare'),
  'ST[Identifier-MI]': numbered('MI'),
  'ST[Narrative]': narrative,
};
