import { checkKafka, type KafkaChecked } from './check-kafka.js';

/** The settings that rules across several of them look at. */
interface Checked extends KafkaChecked {
  readonly HOST: string;
  readonly NODE_ROLES: readonly unknown[];
  readonly PUBLIC_URL?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_URL_FILE?: string | undefined;
  readonly CHAIN_MODE: 'embedded' | 'external';
  readonly CHAIN_RPC_URLS?: readonly string[] | undefined;
  readonly CHAIN_BLOCKS: 'timed' | 'on-demand';
  readonly CHAIN_ID?: number | undefined;
  readonly PAGE_DEFAULT: number;
  readonly PAGE_MAX: number;
  readonly HEADERS_TIMEOUT_MS: number;
  readonly REQUEST_TIMEOUT_MS: number;
  readonly CHAIN_MAX_STALENESS_S: number;
  readonly CHAIN_POLL_MS: number;
  readonly LOG_ORIGIN: string;
  readonly DEV_CLOCK_OFFSET_S: number;
  readonly MLLP_HOST: string;
  readonly MLLP_PLAINTEXT: '0' | '1';
  readonly MLLP_TLS_CERT_FILE?: string | undefined;
  readonly MLLP_TLS_KEY_FILE?: string | undefined;
  readonly MLLP_TLS_CA_FILE?: string | undefined;
}

interface Faults {
  addIssue(issue: { code: 'custom'; path: [string]; message: string }): void;
}

/** What an external chain must pin, or another chain could be put in its place. */
const PINNED = [
  'CHAIN_RPC_URLS',
  'CHAIN_ID',
  'CHAIN_GENESIS_HASH',
  'CONSENT_REGISTRY',
  'CONSENT_REGISTRY_DEPLOY_BLOCK',
  'CONSENT_REGISTRY_CODE_HASH',
  'ANCHOR_REGISTRY',
  'ANCHOR_REGISTRY_DEPLOY_BLOCK',
  'ANCHOR_REGISTRY_CODE_HASH',
] as const;

const KEY_FILES = [
  'STORE_MAC_KEY_FILE',
  'VAULT_ROOT_KEY_FILE',
  'CURSOR_KEY_FILE',
  'GATEWAY_KEY_FILE',
  'LOG_KEY_FILE',
  'LOG_ML_DSA_KEY_FILE',
  'OPERATOR_KEY_FILE',
  'RELAYER_KEY_FILE',
  'OIDC_KEYS_FILE',
] as const;

/** Chain ids that development nodes use. */
const DEVELOPMENT_CHAINS = [1337, 31_337];

type Named = Checked &
  Readonly<Partial<Record<(typeof PINNED)[number] | (typeof KEY_FILES)[number], unknown>>>;

/** Rules across settings; each fault is reported under the setting to change. */
export function crossCheck(config: Named, context: Faults): void {
  const fault = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  checkRanges(config, fault);
  checkChain(config, fault);
  checkMessages(config, fault);
  checkKafka(config, { isExposed: isExposed(config), isLoopback }, fault);
  if (isExposed(config)) checkExposed(config, fault);
}

/** Whether anything is bound, or announced, beyond this machine. */
export function isExposed(config: {
  readonly HOST: string;
  readonly MLLP_HOST: string;
  readonly PUBLIC_URL?: string | undefined;
}): boolean {
  if (!isLoopback(config.HOST) || !isLoopback(config.MLLP_HOST)) return true;
  return config.PUBLIC_URL !== undefined && !isLoopback(new URL(config.PUBLIC_URL).hostname);
}

/** Whether a host is this machine alone. A name counts only if it is `localhost`: others may resolve anywhere. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1') return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

type Report = (name: string, message: string) => void;

function checkRanges(config: Checked, fault: Report): void {
  if (config.NODE_ROLES.length === 0) fault('NODE_ROLES', 'must name at least one role');
  if (config.PAGE_DEFAULT > config.PAGE_MAX) fault('PAGE_DEFAULT', 'must not be above PAGE_MAX');
  if (config.HEADERS_TIMEOUT_MS > config.REQUEST_TIMEOUT_MS) {
    fault('HEADERS_TIMEOUT_MS', 'must not be above REQUEST_TIMEOUT_MS');
  }
  if (config.CHAIN_POLL_MS * 3 > config.CHAIN_MAX_STALENESS_S * 1000) {
    fault('CHAIN_POLL_MS', 'must be at most a third of CHAIN_MAX_STALENESS_S');
  }
  if (config.DATABASE_URL !== undefined && config.DATABASE_URL_FILE !== undefined) {
    fault('DATABASE_URL_FILE', 'must not be given beside DATABASE_URL');
  }
  if (
    config.PUBLIC_URL !== undefined &&
    new URL(config.PUBLIC_URL).origin !== config.PUBLIC_URL.replace(/\/$/, '')
  ) {
    fault('PUBLIC_URL', 'must be an origin, without path, query or user');
  }
}

function checkChain(config: Named, fault: Report): void {
  if (config.CHAIN_MODE === 'embedded') {
    if (config.CHAIN_RPC_URLS !== undefined) fault('CHAIN_RPC_URLS', 'needs CHAIN_MODE=external');
    return;
  }
  for (const name of PINNED) {
    if (config[name] === undefined) fault(name, 'must be given with CHAIN_MODE=external');
  }
  if (config.CHAIN_RPC_URLS?.length === 0) fault('CHAIN_RPC_URLS', 'must name at least one endpoint');
}

/** Messages name people: beyond this machine they travel encrypted, unless somebody says that the network protects them. */
function checkMessages(config: Checked, fault: Report): void {
  const { MLLP_TLS_CERT_FILE: cert, MLLP_TLS_KEY_FILE: key, MLLP_TLS_CA_FILE: ca } = config;
  if (cert !== undefined && key === undefined)
    fault('MLLP_TLS_KEY_FILE', 'must be given with MLLP_TLS_CERT_FILE');
  if (cert === undefined && (key !== undefined || ca !== undefined)) {
    fault('MLLP_TLS_CERT_FILE', 'must be given with MLLP_TLS_KEY_FILE and MLLP_TLS_CA_FILE');
  }
  if (cert === undefined && !isLoopback(config.MLLP_HOST) && config.MLLP_PLAINTEXT === '0') {
    fault('MLLP_HOST', 'must be loopback, unless MLLP_TLS_CERT_FILE is given or MLLP_PLAINTEXT is 1');
  }
}

const WHY = 'unless HOST, MLLP_HOST and PUBLIC_URL are loopback';

/** Development parts are for one machine: whoever can reach them could forge what they vouch for. */
function checkExposed(config: Named, fault: Report): void {
  checkExposedChain(config, fault);
  if (config.DEV_CLOCK_OFFSET_S !== 0) fault('DEV_CLOCK_OFFSET_S', `is refused ${WHY}`);
  if (config.PUBLIC_URL === undefined) {
    if (!isLoopback(config.HOST)) fault('PUBLIC_URL', 'must be given unless HOST is loopback');
  } else if (isPlain(new URL(config.PUBLIC_URL))) {
    fault('PUBLIC_URL', `must use https ${WHY}`);
  }
  if (isLoopback(config.LOG_ORIGIN)) fault('LOG_ORIGIN', `must be a name of your own ${WHY}`);
  for (const name of KEY_FILES.filter((key) => config[key] === undefined)) {
    fault(name, `must be given ${WHY}: keys made by the process are for development`);
  }
}

function checkExposedChain(config: Named, fault: Report): void {
  if (config.CHAIN_MODE === 'embedded') fault('CHAIN_MODE', `the embedded chain is refused ${WHY}`);
  if (config.CHAIN_BLOCKS === 'on-demand') {
    fault('CHAIN_BLOCKS', `a chain that nobody but us moves is refused ${WHY}`);
  }
  if (config.CHAIN_ID !== undefined && DEVELOPMENT_CHAINS.includes(config.CHAIN_ID)) {
    fault('CHAIN_ID', `a development chain is refused ${WHY}`);
  }
  if (config.CHAIN_RPC_URLS?.some((text) => isPlain(new URL(text))) === true) {
    fault('CHAIN_RPC_URLS', 'must use https, unless the node is on this machine');
  }
}

function isPlain(address: URL): boolean {
  return address.protocol === 'http:' && !isLoopback(address.hostname);
}
