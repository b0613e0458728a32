import { headerOf, type Head } from './connection.js';
import type { Lane, Work } from './load.js';

const FHIR = 'application/fhir+json';
const OK = 200;
const CREATED = 201;

/** A request with a token, as its bytes. */
export function requestOf(
  method: string,
  path: string,
  { token, body, headers = {} }: Sent & { readonly token: string },
): Buffer {
  const content = body === undefined ? [] : [`content-type: ${FHIR}`, `content-length: ${byteLength(body)}`];
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    `accept: ${FHIR}`,
    ...content,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

interface Sent {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads and searches: the paths in turn, whichever connection asks; the answers have this status. */
export function reading(token: string, paths: readonly string[], status = OK): Work {
  const requests = paths.map((path) => requestOf('GET', path, { token }));
  let next = 0;
  const lane: Lane = {
    next: () => requests[next++ % requests.length] ?? Buffer.alloc(0),
    answered: (head) => demand(head, status),
  };
  return () => lane;
}

/** Creates: an Observation of each of the patients in turn. */
export function creating(token: string, patients: readonly string[]): Work {
  let made = 0;
  const lane: Lane = {
    next: () => {
      const body = observationText(patients[made % patients.length] ?? '', made);
      made += 1;
      return requestOf('POST', '/fhir/R4/Observation', { token, body });
    },
    answered: (head) => demand(head, CREATED),
  };
  return () => lane;
}

/** Updates: each connection has an Observation of its own, which it makes first, and names the version that it knows. */
export function updating(token: string, patients: readonly string[]): Work {
  const lanes = new Map<number, Lane>();
  return (at) => {
    const lane = lanes.get(at) ?? updatesOf(token, patients[at % patients.length] ?? '');
    lanes.set(at, lane);
    return lane;
  };
}

function updatesOf(token: string, patient: string): Lane {
  let [id, etag, value] = ['', '', 0];
  return {
    next: () => {
      value += 1;
      if (id === '') {
        const body = observationText(patient, value);
        return requestOf('POST', '/fhir/R4/Observation', { token, body });
      }
      const headers = { 'if-match': etag };
      const body = observationText(patient, value, id);
      return requestOf('PUT', `/fhir/R4/Observation/${id}`, { token, body, headers });
    },
    answered: (head) => {
      demand(head, id === '' ? CREATED : OK);
      etag = headerOf(head, 'etag');
      if (id === '') id = /\/Observation\/([^/\s]+)/.exec(headerOf(head, 'location'))?.[1] ?? '';
    },
  };
}

/** An Observation of a code of its own, so that no search that is measured finds it. */
export function observationText(patient: string, value: number, id?: string): string {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return JSON.stringify({
    resourceType: 'Observation',
    ...(id === undefined ? {} : { id }),
    status: 'final',
    category: [{ coding: [{ system: category, code: 'vital-signs' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }], text: 'A body height' },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-05-01T08:00:00Z',
    valueQuantity: { value, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
  });
}

/** @throws where an answer has another status */
export function demand(head: Head, status: number): void {
  if (head.status !== status) throw new Error(`not as expected: ${head.text}`);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
