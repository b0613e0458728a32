import { loadSourceProfiles, senderOf } from '#ehr';
import { validateResource } from '#fhir';
import { normaliseV2, parseMessage, type SenderProfile } from '#normalize';
import { median } from './statistics.js';
import { benchLetters } from './v2-letters.js';

const MESSAGES = 400;
const PEOPLE = 100;
const MS_PER_S = 1_000;

/** What parsing and converting do on one core, with nothing else: messages per second. */
export interface ConversionResult {
  readonly parsedPerSecond: number;
  readonly convertedPerSecond: number;
  /** CPU time of a message that is parsed, converted and validated, microseconds: says more where others work beside. */
  readonly cpuUs: number;
  /** Resources that a message makes, on average. */
  readonly resources: number;
  /** Bytes of a message, on average. */
  readonly bytes: number;
}

/** Parses and converts, again and again; the middle one of some runs. Validation is part of converting. */
export async function conversionRate(
  sourcesFile: string,
  pace: { readonly seconds: number; readonly runs: number },
): Promise<ConversionResult> {
  const sender = await senderIn(sourcesFile);
  const letters = benchLetters('PURE', MESSAGES, PEOPLE).map(({ bytes }) => bytes);
  const context = { sender, validate: validateResource };
  const parse = (bytes: Uint8Array) => void parseMessage(bytes, { charset: sender.charset });
  const convert = (bytes: Uint8Array) => void normaliseV2(bytes, context);
  for (const act of [parse, convert]) rateOf(letters, act, 1);
  const runs = (act: typeof parse) =>
    Array.from({ length: pace.runs }, () => rateOf(letters, act, pace.seconds));
  const converting = runs(convert);
  const made = letters.map((bytes) => normaliseV2(bytes, context).resources.length);
  return {
    parsedPerSecond: median(runs(parse).map(({ perSecond }) => perSecond)),
    convertedPerSecond: median(converting.map(({ perSecond }) => perSecond)),
    cpuUs: median(converting.map(({ cpuUs }) => cpuUs)),
    resources: made.reduce((sum, each) => sum + each, 0) / letters.length,
    bytes: letters.reduce((sum, { length }) => sum + length, 0) / letters.length,
  };
}

function rateOf(letters: readonly Uint8Array[], act: (bytes: Uint8Array) => void, seconds: number) {
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  let done = 0;
  while (performance.now() - startMs < seconds * MS_PER_S) {
    for (const each of letters) act(each);
    done += letters.length;
  }
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: (done / (performance.now() - startMs)) * MS_PER_S,
    cpuUs: (user + system) / done,
  };
}

async function senderIn(sourcesFile: string): Promise<SenderProfile> {
  const [profile] = (await loadSourceProfiles(sourcesFile)).flatMap((each) =>
    each.kind === 'v2' ? [each] : [],
  );
  if (profile === undefined) throw new Error('no source speaks HL7 v2');
  return senderOf(profile);
}
