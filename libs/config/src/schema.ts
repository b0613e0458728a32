import { z } from 'zod';
import { crossCheck } from './cross-check.js';
import { filePath, FORMS, hex, host, listOf, oneOf, port, url, whole } from './forms.js';
import { followers } from './follower-settings.js';
import { kafka } from './kafka-settings.js';
import { notices } from './notice-settings.js';
import { ROLES } from './roles.js';

const MIB = 1_048_576;
const DAY_S = 86_400;

const place = {
  DATA_DIR: filePath()
    .default('data')
    .describe(
      'Folder for everything that must outlive the process: keys, embedded database, embedded chain.',
    ),
  PG_DATA_DIR: filePath()
    .optional()
    .describe(
      'Folder of the embedded Postgres, where it cannot lie in `DATA_DIR` (as root it needs another user).',
    ),
  HOST: host().default('127.0.0.1').describe('Address that the gateway listens on.'),
  PORT: port().default(8080).describe('Port that the gateway listens on.'),
  PUBLIC_URL: url(['http', 'https'])
    .optional()
    .describe('Origin under which clients reach the gateway; default is the address that it listens on.'),
  TENANT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short lower-case name')
    .register(FORMS, { form: 'short lower-case name' })
    .default('default')
    .describe('Tenant served by this gateway.'),
  GATEWAY_ID: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be a short lower-case name')
    .register(FORMS, { form: 'short lower-case name' })
    .default('gateway')
    .describe('Name of this replica in its records; must differ between replicas.'),
  NODE_ROLES: listOf(oneOf(ROLES), ROLES.join(', '))
    .default([...ROLES])
    .describe('What a node process does (`docs/replicas.md`); `npm start` runs one that does everything.'),
  POLICY_FILE: filePath()
    .optional()
    .describe('Whom a verifier trusts, this process included; default is `policy.txt` in `DATA_DIR`.'),
  DEMO_EHR_PORT: port()
    .default(0)
    .describe('Port of Northside, the stand-in vendor that is asked over FHIR.'),
};

const database = {
  DATABASE_URL: url(['postgres', 'postgresql'])
    .optional()
    .describe('Postgres to use; without it an embedded one is started.'),
  DATABASE_URL_FILE: filePath()
    .optional()
    .describe('File that holds `DATABASE_URL`, since it bears a password.'),
  PG_PORT: port().default(0).describe('Port of the embedded Postgres.'),
  DATABASE_CONNECTIONS: whole(8, 200)
    .default(16)
    .describe(
      'Connections that one process keeps to the database, and two more for short statements; seven are held by the log and by workers that lead.',
    ),
  DATABASE_TIMEOUT_MS: whole(100, 600_000).default(10_000).describe('Time that one statement may take.'),
};

const chain = {
  CHAIN_MODE: oneOf(['embedded', 'external'])
    .default('embedded')
    .describe('Whether the chain node is started here (development) or given by `CHAIN_RPC_URLS`.'),
  CHAIN_RPC_URLS: listOf(url(['http', 'https']), 'URLs')
    .optional()
    .describe(
      'JSON-RPC endpoints of an external chain; name several that different parties run: one alone is believed.',
    ),
  CHAIN_BLOCKS: oneOf(['timed', 'on-demand'])
    .default('timed')
    .describe(
      '`timed`: the projection is as old as the newest block; `on-demand` (development): as the last answer of a node.',
    ),
  CHAIN_PORT: port().default(0).describe('Port of the embedded chain node.'),
  CHAIN_ID: whole(1, 999_999_999_999_999)
    .optional()
    .describe('Chain id; pinned for an external chain, generated for the embedded one.'),
  CHAIN_GENESIS_HASH: hex(32).optional().describe('Hash of block 0 of an external chain.'),
  CONSENT_REGISTRY: hex(20).optional().describe('Address of the ConsentRegistry contract.'),
  CONSENT_REGISTRY_DEPLOY_BLOCK: whole(0, 999_999_999_999_999)
    .optional()
    .describe('Block in which the ConsentRegistry was deployed; the projection starts there.'),
  CONSENT_REGISTRY_CODE_HASH: hex(32).optional().describe("Keccak-256 of the ConsentRegistry's code."),
  ANCHOR_REGISTRY: hex(20).optional().describe('Address of the AnchorRegistry contract.'),
  ANCHOR_REGISTRY_DEPLOY_BLOCK: whole(0, 999_999_999_999_999)
    .optional()
    .describe('Block in which the AnchorRegistry was deployed.'),
  ANCHOR_REGISTRY_CODE_HASH: hex(32).optional().describe("Keccak-256 of the AnchorRegistry's code."),
  CHAIN_FINALITY: z
    .union([z.literal('finalized'), whole(0, 10_000)])
    .register(FORMS, { form: '`finalized`, or a depth in blocks' })
    .default(0)
    .describe("When a block counts as final: the chain's own tag, or so many blocks under the newest."),
  CHAIN_MAX_STALENESS_S: whole(1, DAY_S)
    .default(30)
    .describe('Age of the consent projection above which it is too old; more than three block times.'),
  CHAIN_POLL_MS: whole(50, 60_000).default(500).describe('Time between two looks at the chain.'),
  RPC_TIMEOUT_MS: whole(50, 60_000).default(1_500).describe('Time that one call to a chain node may take.'),
  ANCHOR_EVERY_S: whole(1, DAY_S).default(60).describe('Time between two anchors, where the log has grown.'),
  ANCHOR_EVERY_RECORDS: whole(1, 10_000_000)
    .default(10_000)
    .describe('Records after which an anchor is due at once.'),
  FEE_CAP_GWEI: whole(1, 1_000_000).default(100).describe('Highest fee per gas that the signers pay.'),
  FEE_BUMP_PCT: whole(10, 100).default(13).describe('Rise of the fees when a transaction is stuck.'),
  TX_STUCK_AFTER_S: whole(1, DAY_S)
    .default(60)
    .describe('Time after which a transaction without receipt is stuck.'),
};

const sources = {
  SOURCES_FILE: filePath().optional().describe('JSON file that describes the vendor EHRs.'),
  SOURCE_ROSTER_EVERY_S: whole(1, 30 * DAY_S)
    .default(300)
    .describe("Time between two pulls of a source's roster."),
  SOURCE_REFRESH_TIMEOUT_MS: whole(50, 600_000)
    .default(3_000)
    .describe('Time that a client waits for a refresh before the stored copy is served.'),
};

const messages = {
  MLLP_HOST: host()
    .default('127.0.0.1')
    .describe('Address that takes HL7 v2 messages by MLLP, where a source of `SOURCES_FILE` speaks it.'),
  MLLP_PORT: port().default(0).describe('Port that takes HL7 v2 messages.'),
  MLLP_TLS_CERT_FILE: filePath()
    .optional()
    .describe(
      'Certificate of the listener, PEM. With it senders need a client certificate that a source names.',
    ),
  MLLP_TLS_KEY_FILE: filePath().optional().describe('Private key of `MLLP_TLS_CERT_FILE`, PEM.'),
  MLLP_TLS_CA_FILE: filePath()
    .optional()
    .describe('Authorities of client certificates, PEM; without it senders are known by fingerprint alone.'),
  MLLP_PLAINTEXT: oneOf(['0', '1'])
    .default('0')
    .describe(
      'Whether messages are taken without TLS beyond loopback: only on a network that protects them.',
    ),
  MLLP_MAX_BYTES: whole(1_024, 16 * MIB)
    .default(5 * MIB)
    .describe('Size of a message, or of several in one frame.'),
  MLLP_FRAME_MS: whole(100, 600_000).default(30_000).describe('Time in which a whole frame must arrive.'),
  MLLP_IDLE_MS: whole(100, DAY_S * 1_000)
    .default(3_600_000)
    .describe('Time that a silent connection of a sender stays open.'),
  MLLP_CONNECTIONS: whole(1, 100_000).default(256).describe('Open connections of senders.'),
  MLLP_CONNECTIONS_PER_ADDRESS: whole(1, 100_000)
    .default(64)
    .describe('Open connections of senders from one address.'),
};

const limits = {
  BODY_LIMIT_BYTES: whole(1_024, 64 * MIB)
    .default(MIB)
    .describe("Size of a request's body."),
  HEADER_LIMIT_BYTES: whole(1_024, 65_536)
    .default(16_384)
    .describe("Size of a request's line and headers together."),
  RESPONSE_LIMIT_BYTES: whole(1_024, 256 * MIB)
    .default(16 * MIB)
    .describe('Size of an answer; it is held in memory until its seal is durable.'),
  PAGE_DEFAULT: whole(1, 1_000).default(20).describe('Entries of a search page without `_count`.'),
  PAGE_MAX: whole(1, 1_000)
    .default(200)
    .describe('Entries of a search page at most, whatever `_count` says.'),
  CONNECTIONS_MAX: whole(1, 100_000).default(1_024).describe('Open connections of the gateway.'),
  HEADERS_TIMEOUT_MS: whole(100, 600_000)
    .default(5_000)
    .describe('Time in which the headers of a request must arrive.'),
  REQUEST_TIMEOUT_MS: whole(100, 600_000)
    .default(15_000)
    .describe('Time in which a whole request must arrive.'),
  KEEP_ALIVE_TIMEOUT_MS: whole(100, 600_000)
    .default(10_000)
    .describe('Time that an idle connection stays open.'),
  SHUTDOWN_TIMEOUT_MS: whole(100, 600_000)
    .default(10_000)
    .describe('Time that open requests get at the stop.'),
  QUEUE_MAX: whole(1, 1_000_000)
    .default(4_096)
    .describe('Records that may wait for the log; above, answers are 503.'),
  CLIENT_IN_FLIGHT_MAX: whole(1, 100_000)
    .default(256)
    .describe('Open requests of one client; above, answers are 429.'),
  WRITE_LOOKUP_AFTER_S: whole(1, DAY_S)
    .default(30)
    .describe(
      'Age of an open write to a vendor at which it is looked up there; at least 20 s more than the longest `write.timeoutMs` of `SOURCES_FILE`, whatever is set.',
    ),
  WRITE_LOOKUP_EVERY_S: whole(1, 3_600).default(5).describe('Time between two rounds of looking writes up.'),
  WRITE_OPEN_ALARM_S: whole(1, DAY_S)
    .default(900)
    .describe('Age of an open write to a vendor above which it is an incident (`write-open`).'),
  WRITE_KEY_DAYS: whole(1, 365)
    .default(7)
    .describe('Days for which an Idempotency-Key of a write stands for its request.'),
  WRITE_KEYS_PER_CLIENT: whole(1, 1_000_000)
    .default(10_000)
    .describe('Keys of writes that are kept for one client; above, writes under a new key are 429.'),
};

const access = {
  CLIENTS_FILE: filePath()
    .optional()
    .describe(
      'JSON array of client registrations that are filed at a start without any; later ones are filed by the API.',
    ),
  ACCESS_TOKEN_TTL_S: whole(10, 3_600).default(300).describe('Life of an access token.'),
  CLOCK_TOLERANCE_S: whole(0, 60)
    .default(15)
    .describe("Difference of clocks allowed in a client's assertion."),
  CLIENT_KEYS_MAX_AGE_S: whole(0, DAY_S)
    .default(300)
    .describe("Longest time that a client's published keys are kept, whatever its Cache-Control allows."),
  CLIENT_KEYS_TIMEOUT_MS: whole(50, 60_000).default(2_500).describe("Time for fetching a client's keys."),
  CLIENT_KEYS_PRIVATE_HOSTS: listOf(host(), 'host names')
    .default([])
    .describe('Hosts of client keys that may lie at private addresses or be reached without TLS.'),
};

const log = {
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('What the process log holds; it goes to standard output as JSON lines.'),
  LOG_ORIGIN: host()
    .default('proviso.localhost')
    .describe("Host part of the provenance log's origin: `<host>/log/<tenant>`."),
};

const monitors = {
  MONITOR_EVERY_S: whole(1, 3_600)
    .default(10)
    .describe('Time between two rounds of the monitors (`docs/monitors.md`).'),
  MONITOR_SAMPLE: whole(1, 100_000)
    .default(64)
    .describe('Versions, records and rows of each table with MACs that are verified again each minute.'),
};

const keyFile = (what: string) =>
  filePath().optional().describe(`File of ${what}; without it one is made in \`DATA_DIR/keys\`.`);
const keys = {
  STORE_MAC_KEY_FILE: keyFile("the 32-byte key of the store's row MACs, in hex"),
  VAULT_ROOT_KEY_FILE: keyFile('the 32-byte root key of the vault, in hex'),
  CURSOR_KEY_FILE: keyFile('the 32-byte key of search cursors, in hex'),
  GATEWAY_KEY_FILE: keyFile('the Ed25519 key that signs records, PKCS #8 PEM'),
  LOG_KEY_FILE: keyFile('the Ed25519 key that signs checkpoints, PKCS #8 PEM'),
  LOG_ML_DSA_KEY_FILE: keyFile('the ML-DSA-44 key that cosigns checkpoints, PKCS #8 PEM'),
  OPERATOR_KEY_FILE: keyFile('the secp256k1 key that signs anchored heads, in hex'),
  RELAYER_KEY_FILE: keyFile('the secp256k1 key that pays for relayed grants, in hex'),
  EVENTS_KEY_FILE: keyFile('the Ed25519 key that signs events, PKCS #8 PEM'),
  OIDC_KEYS_FILE: keyFile('the private JWK Set of the authorization server (RS256 and ES256)'),
};

const development = {
  DEV_CLOCK_OFFSET_S: whole(-10 * 365 * DAY_S, 10 * 365 * DAY_S)
    .default(0)
    .describe(
      "Shift of the gateway's clock, for tests and the demo. Refused unless everything is bound to loopback.",
    ),
};

/** The settings by section, for the document. */
export const SECTIONS = {
  'Where things are': place,
  Database: database,
  Chain: chain,
  Sources: sources,
  Messages: messages,
  Limits: limits,
  Notices: notices,
  Access: access,
  Logs: log,
  Monitors: monitors,
  'Followers of the log': followers,
  Kafka: kafka,
  Keys: keys,
  Development: development,
} as const;

/** All settings of Proviso: flat names of the environment, defaults in place. The document is generated from here. */
export const schema = z
  .object({
    ...place,
    ...database,
    ...chain,
    ...sources,
    ...messages,
    ...limits,
    ...notices,
    ...access,
    ...log,
    ...monitors,
    ...followers,
    ...kafka,
    ...keys,
    ...development,
  })
  .superRefine(crossCheck);

/** The settings, checked. */
export type Config = Readonly<z.output<typeof schema>>;
