import { cellsAt, firstCellAt, type Here } from './address.js';
import { keyOfParts } from './key-text.js';
import type { KeyForm, KeyPart } from './map.js';
import type { Cell } from '../message/message.js';
import type { SenderProfile } from '../sender-profile.js';
import { assignerSystem, codingSystem } from '../datatypes/systems.js';

/** What keys are read with. */
export interface KeyReader {
  readonly sender: SenderProfile;
  readonly here: Here;
  /** The key of another resource of the message. */
  readonly keyOf: (name: string) => string | undefined;
  /** SHA-256 of the message. */
  readonly digest: string;
}

/** The first of the alternative keys whose parts are all there. */
export function businessKey(
  alternatives: readonly (readonly KeyPart[])[],
  reader: KeyReader,
): string | undefined {
  for (const parts of alternatives) {
    const texts = parts.map((part) => partOf(part, reader));
    if (texts.every((text) => text !== undefined)) return keyOfParts(texts);
  }
  return undefined;
}

function partOf(part: KeyPart, reader: KeyReader): string | undefined {
  if ('word' in part) return part.word;
  if ('digestOf' in part) return reader.digest;
  const text = 'of' in part ? reader.keyOf(part.of) : firstOf(part.first, part.as, reader);
  return text ?? (part.optional === true ? '' : undefined);
}

function firstOf(addresses: readonly string[], form: KeyForm, reader: KeyReader): string | undefined {
  for (const address of addresses) {
    const text =
      form === 'patient'
        ? patientKey(cellsAt(address, reader.here), reader.sender)
        : formed(firstCellAt(address, reader.here), form, reader.sender);
    if (text !== undefined) return text;
  }
  return undefined;
}

function formed(cell: Cell | undefined, form: KeyForm, sender: SenderProfile): string | undefined {
  if (cell === undefined) return undefined;
  return FORMS[form](cell, sender);
}

type Form = (cell: Cell, sender: SenderProfile) => string | undefined;

const FORMS: Readonly<Record<KeyForm, Form>> = {
  identifier: (cell, sender) => identifierText(cell, cell.at(4), sender),
  patient: (cell, sender) => identifierText(cell, cell.at(4), sender),
  entity: (cell, sender) => identifierText(cell, entityAuthority(cell), sender),
  person: (cell, sender) => identifierText(cell, cell.at(9), sender) ?? nameText(cell, [2, 3, 4]),
  name: (cell) => nameText(cell, [1, 2, 3]),
  code: codeText,
  text: (cell) => cell.value(),
};

function nameText(cell: Cell, parts: readonly number[]): string | undefined {
  const names = parts.map((part) => cell.at(part).value() ?? '');
  return names.every((name) => name === '') ? undefined : keyOfParts(names);
}

/** EI has its authority as components 2 to 4; as a subcomponent list, where the EI is itself a component, as parts of it. */
function entityAuthority(cell: Cell): Authority {
  return { at: (part) => cell.at(part + 1), isEmpty: [2, 3].every((part) => cell.at(part).isEmpty) };
}

/** An HD, or the parts of another type that are as one. */
type Authority = Pick<Cell, 'at' | 'isEmpty'>;

function identifierText(cell: Cell, authority: Authority, sender: SenderProfile): string | undefined {
  const value = cell.at(1).value();
  return value === undefined ? undefined : `${assignerSystem(authority, sender) ?? ''}|${value}`;
}

function codeText(cell: Cell, sender: SenderProfile): string | undefined {
  const code = cell.at(1).value();
  const text = cell.at(9).value() ?? cell.at(2).value();
  return code === undefined ? text : `${codingSystem(cell.at(3).value(), sender) ?? ''}|${code}`;
}

/** Types of identifier that name a patient, the best first. */
const PATIENT_TYPES = ['MR', 'PI', 'PT'];

/**
 * The key of a patient: the identifier of the first authority that the sender's profile names for patients, else of type
 * MR, PI or PT, else the first, as `system|value`.
 */
export function patientKey(cells: readonly Cell[], sender: SenderProfile): string | undefined {
  const found = cells.flatMap((cell) => {
    const value = cell.at(1).value();
    if (value === undefined) return [];
    const system = assignerSystem(cell.at(4), sender);
    return [{ key: `${system ?? ''}|${value}`, system, type: cell.at(5).value() }];
  });
  const byAuthority = sender.patientAuthorities.map((one) => found.find(({ system }) => system === one));
  const byType = PATIENT_TYPES.map((one) => found.find(({ type }) => type === one));
  return [...byAuthority, ...byType, found[0]].find((one) => one !== undefined)?.key;
}
