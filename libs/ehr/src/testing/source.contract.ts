import type { SourcePermit } from '#consent';
import { parseStrict } from '#digest';
import { GatewayError } from '#outcome';
import type { PullResult, Source } from '../source.js';
import { searchPageOf } from '../search-page.js';

/** A source under test and what it holds. */
export interface SourceCase {
  readonly source: Source;
  readonly permit: SourcePermit;
  /** A permit for some other source. */
  readonly foreign: SourcePermit;
  /** Every patient of the source; the first has the identifier and at least one resource of `type`. */
  readonly patients: readonly string[];
  readonly identifier: string;
  readonly type: string;
  /** Ids of the first patient's resources of `type`. */
  readonly ids: readonly string[];
}

/** The promises of `Source`, for whatever implements it. `make` is called once, after the suite's own set-up. */
export function shouldBehaveLikeSource(make: () => SourceCase): void {
  it('names every patient once in its roster, with identifiers', async () => {
    const { source, permit, patients, identifier } = make();
    const roster = await gathered(source.roster(permit));
    expect(roster.map((one) => one.id).toSorted()).toEqual(patients.toSorted());
    expect(roster.filter((one) => one.identifiers.includes(identifier)).map((one) => one.id)).toEqual([
      patients[0],
    ]);
  });

  it('finds the patient of an identifier, and nobody for an unknown one', async () => {
    const { source, permit, patients, identifier } = make();
    const found = await source.find(permit, [identifier, `${identifier}-none`]);
    expect(found.map((one) => one.id)).toEqual([patients[0]]);
    expect(await source.find(permit, [`${identifier}-none`])).toEqual([]);
    expect(await source.find(permit, [])).toEqual([]);
  });

  it('pulls the types that were asked for, whole and in strict JSON', async () => {
    const { source, permit, patients, type, ids } = make();
    const result = await source.pull(permit, patients[0] ?? '', [type], never());
    expect(result.complete).toEqual([type]);
    expect(result.warnings).toEqual([]);
    expect(new Set(result.payloads.map((payload) => payload.type))).toEqual(new Set([type]));
    expect(idsIn(result).toSorted()).toEqual(ids.toSorted());
    expect(result.payloads.every((payload) => payload.source === source.id)).toBe(true);
  });

  it('gives a complete empty set for a patient it does not have', async () => {
    const { source, permit, type } = make();
    const result = await source.pull(permit, 'nobody', [type], never());
    expect(idsIn(result)).toEqual([]);
    expect(result.complete).toEqual([type]);
  });

  it('never calls a type complete that it does not serve', async () => {
    const { source, permit, patients, type } = make();
    const result = await source.pull(permit, patients[0] ?? '', [type, 'VisionPrescription'], never());
    expect(result.complete).toEqual([type]);
    expect(await source.pull(permit, patients[0] ?? '', [], never())).toEqual({
      payloads: [],
      complete: [],
      warnings: [],
    });
  });

  it('tells of its directory without naming a patient', async () => {
    const { source, permit } = make();
    const result = await source.directory(permit, never());
    expect(result.complete.length).toBeGreaterThan(0);
    expect(result.complete).not.toContain('Patient');
  });

  shouldRefuse(make);
}

function shouldRefuse(make: () => SourceCase): void {
  it('refuses a permit for another source', async () => {
    const { source, foreign, patients, type, identifier } = make();
    expect(await codeOf(source.pull(foreign, patients[0] ?? '', [type], never()))).toBe('internal');
    expect(await codeOf(source.find(foreign, [identifier]))).toBe('internal');
    expect(await codeOf(source.directory(foreign, never()))).toBe('internal');
    expect(await codeOf(gathered(source.roster(foreign)))).toBe('internal');
  });

  it('ends with source-timeout when the caller stops waiting', async () => {
    const { source, permit, patients, type } = make();
    expect(await codeOf(source.pull(permit, patients[0] ?? '', [type], AbortSignal.abort()))).toBe(
      'source-timeout',
    );
  });
}

/** The code of the error that a promise ends with; `undefined` if it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GatewayError) {
      return error.code;
    }
    throw error;
  }
  return undefined;
}

/** The ids of all resources of a pull. */
export function idsIn(result: PullResult): readonly string[] {
  return result.payloads.flatMap(({ source, type, bytes }) => {
    expect(parseStrict(bytes)).toBeDefined();
    return searchPageOf(source, type, 'https://any.example/', bytes).resources.map(({ id }) =>
      typeof id === 'string' ? id : '',
    );
  });
}

/** Everything that an iterable gives. */
async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

function never(): AbortSignal {
  return new AbortController().signal;
}
