import { GatewayError } from '#outcome';
import { fromBase64, toHex } from '#digest';
import type { GatewayKey, LogKey, PinnedChain, Policy, Witness, WitnessGroup } from './policy.js';
import { parseVkey, SIGNATURE_TYPE, type NoteKey } from './vkey.js';

const MAX_LENGTH = 1_000_000;
// oxlint-disable-next-line no-control-regex -- tab and newline are the only control characters of a policy
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const SIZES = /^sizes=(0|[1-9]\d{0,18})-([1-9]\d{0,18})?$/;
const DECIMAL = /^[1-9]\d{0,77}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const ED25519_BYTES = 32;

interface Draft {
  readonly logs: LogKey[];
  readonly witnesses: Witness[];
  readonly groups: WitnessGroup[];
  readonly gateways: GatewayKey[];
  readonly chains: PinnedChain[];
  /** Names of witnesses and groups so far; each may be a member once. */
  readonly names: Set<string>;
  readonly members: Set<string>;
  quorum: string | undefined;
  stalenessS: number | undefined;
}

type LineReader = (draft: Draft, words: readonly string[]) => boolean;

/** One reader per keyword; false refuses the line. `log`, `witness`, `group`, `quorum` are those of C2SP tlog-policy. */
const LINES: Readonly<Record<string, LineReader | undefined>> = {
  log: readLog,
  witness: readWitness,
  group: readGroup,
  quorum: readQuorum,
  gateway: readGateway,
  chain: readChain,
  contract: readContract,
  staleness: readStaleness,
};

/**
 * Reads a policy file: the lines of C2SP tlog-policy, and those of docs/spec/provenance.md "Policy".
 *
 * @throws GatewayError `malformed`, with the number of the line at fault.
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MAX_LENGTH || FORBIDDEN.test(text)) throw badLine(1);
  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: [],
    gateways: [],
    chains: [],
    names: new Set(),
    members: new Set(),
    quorum: undefined,
    stalenessS: undefined,
  };
  for (const [i, line] of text.split('\n').entries()) readLine(draft, line, i + 1);
  const { logs, witnesses, groups, gateways, chains, quorum, stalenessS } = draft;
  if (quorum === undefined) throw badLine(text.split('\n').length);
  const policy = { logs, witnesses, groups, gateways, chains, quorum };
  return stalenessS === undefined ? policy : { ...policy, stalenessS };
}

function readLine(draft: Draft, line: string, number: number): void {
  const [keyword = '', ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
  if (keyword === '' || keyword.startsWith('#')) return;
  const read = Object.hasOwn(LINES, keyword) ? LINES[keyword] : undefined;
  let accepted: boolean | undefined;
  try {
    accepted = read?.(draft, words);
  } catch (cause) {
    throw badLine(number, cause);
  }
  if (accepted !== true) throw badLine(number);
}

function readLog(draft: Draft, [vkey = '', ...options]: readonly string[]): boolean {
  const key = parseVkey(vkey);
  const sizes = options.filter((option) => option.startsWith('sizes='));
  const urls = options.filter((option) => !option.startsWith('sizes='));
  const range = rangeOf(sizes);
  const known = draft.logs.some((log) => sameKey(log.key, key));
  const usable = key.type !== SIGNATURE_TYPE.ed25519Cosignature && range !== undefined;
  if (known || !usable || urls.length > 1) return false;
  draft.logs.push({ key, ...range, ...urlOf(urls) });
  return true;
}

/** `sizes=<from>-[<to>]`, half open; absent: all sizes. */
function rangeOf([option = 'sizes=0-', ...rest]: readonly string[]):
  { readonly fromSize: bigint; readonly toSize?: bigint } | undefined {
  const [, from, to] = SIZES.exec(option) ?? [];
  if (from === undefined || rest.length > 0) return undefined;
  if (to === undefined) return { fromSize: BigInt(from) };
  const range = { fromSize: BigInt(from), toSize: BigInt(to) };
  return range.fromSize < range.toSize ? range : undefined;
}

function readWitness(draft: Draft, [name = '', vkey = '', ...urls]: readonly string[]): boolean {
  const key = parseVkey(vkey);
  const known = draft.witnesses.some((witness) => sameKey(witness.key, key));
  if (known || key.type === SIGNATURE_TYPE.ed25519 || urls.length > 1) return false;
  draft.witnesses.push({ name, key, ...urlOf(urls) });
  return define(draft, name);
}

function readGroup(draft: Draft, [name = '', rule = '', ...members]: readonly string[]): boolean {
  const threshold = thresholdOf(rule, members.length);
  const usable = members.every((member) => draft.names.has(member) && !draft.members.has(member));
  const repeated = new Set(members).size !== members.length;
  if (threshold === undefined || !usable || repeated) return false;
  for (const member of members) draft.members.add(member);
  draft.groups.push({ name, threshold, members });
  return define(draft, name);
}

function thresholdOf(rule: string, count: number): number | undefined {
  if (count === 0) return undefined;
  if (rule === 'all') return count;
  if (rule === 'any') return 1;
  const threshold = DECIMAL.test(rule) ? Number(rule) : 0;
  return threshold >= 1 && threshold <= count ? threshold : undefined;
}

function readQuorum(draft: Draft, [name = '', ...rest]: readonly string[]): boolean {
  const usable = name === 'none' || draft.names.has(name);
  if (draft.quorum !== undefined || rest.length > 0 || !usable) return false;
  draft.quorum = name;
  return true;
}

function readGateway(draft: Draft, [name = '', base64 = '', ...rest]: readonly string[]): boolean {
  const publicKey = fromBase64(base64);
  const known = draft.gateways.some((gateway) => toHex(gateway.publicKey) === toHex(publicKey));
  if (known || publicKey.length !== ED25519_BYTES || rest.length > 0) return false;
  draft.gateways.push({ name, publicKey });
  return true;
}

function readChain(draft: Draft, [id = '', genesis = '', mark, ...rest]: readonly string[]): boolean {
  const known = draft.chains.some((chain) => chain.id === id);
  const marked = mark === undefined || mark === 'development';
  if (known || !marked || rest.length > 0 || !DECIMAL.test(id) || !HASH.test(genesis)) return false;
  draft.chains.push({ id, genesis, development: mark !== undefined, contracts: [] });
  return true;
}

function readContract(draft: Draft, words: readonly string[]): boolean {
  const [id, address = '', codeHash = '', ...rest] = words;
  const at = draft.chains.findIndex((chain) => chain.id === id);
  const chain = draft.chains[at];
  const known = chain?.contracts.some((contract) => contract.address === address) ?? true;
  if (chain === undefined || known || rest.length > 0) return false;
  draft.chains[at] = { ...chain, contracts: [...chain.contracts, { address, codeHash }] };
  return ADDRESS.test(address) && HASH.test(codeHash);
}

function readStaleness(draft: Draft, [seconds = '', ...rest]: readonly string[]): boolean {
  if (draft.stalenessS !== undefined || rest.length > 0 || !/^\d{1,9}$/.test(seconds)) return false;
  draft.stalenessS = Number(seconds);
  return true;
}

function define(draft: Draft, name: string): boolean {
  if (name === 'none' || draft.names.has(name)) return false;
  draft.names.add(name);
  return true;
}

function sameKey(a: NoteKey, b: NoteKey): boolean {
  return toHex(a.publicKey) === toHex(b.publicKey);
}

function urlOf([url]: readonly string[]): { readonly url?: string } {
  return url === undefined ? {} : { url };
}

function badLine(number: number, cause?: unknown): GatewayError {
  return new GatewayError('malformed', { details: `policy line ${number}`, cause });
}
