// Faults that the Solidity tests must find: npm run mutants [-- part of a name]
// Exit 0 only where every mutant is killed by a failing test (one that does not compile counts as alive).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACTS } from './compile.mjs';
import { forgeTest } from './forge-test.mjs';

const CONSENT = { file: 'ConsentRegistry.sol', keep: /Consent|foundry|Vm|Assertions/ };
const ANCHOR = { file: 'AnchorRegistry.sol', keep: /Anchor|Consistency|foundry|Vm|Assertions/ };
const PROOF = { ...ANCHOR, file: 'ConsistencyProof.sol' };

/** [name, where, text, its replacement] */
const MUTANTS = [
  ['revoke-all clears the lock', CONSENT, 'if (lock) {', 'head.flags = 0;\n        if (lock) {'],
  ['delegates survive rotation', CONSENT, 'uint32(delegate >> 152) == keyEpoch &&', 'true &&'],
  ['a delegate burns a grant id', CONSENT, 'actor.reach = 1;', 'actor.reach = type(uint24).max;'],
  [
    'recovery is immediate',
    CONSENT,
    'pending.rotateAt = readyAt;',
    'pending.rotateAt = uint64(block.timestamp);',
  ],
  ['a veto leaves the request valid', CONSENT, 'pending.round += 1;', ''],
  ['a removed guardian loses his veto at once', CONSENT, 'if (!kept) _requireRight', '_requireRight'],
  [
    'a delegate unlocks',
    CONSENT,
    '_requireController(subject, head, _requireSigned(structHash, signer, sig));\n        if (head.flags & FLAG_LOCKED == 0)',
    '_requireRight(_actor(subject, head, _requireSigned(structHash, signer, sig)), RIGHT_REVOKE_ALL);\n        if (head.flags & FLAG_LOCKED == 0)',
  ],
  ['a subject rotates to nobody', CONSENT, 'if (uint160(uint256(signerHash)) == 0)', 'if (false)'],
  ['a permit replays at its version', CONSENT, 'if (version <= stored)', 'if (version < stored)'],
  [
    'a stale revocation stops the batch',
    CONSENT,
    'kind == REVOKED && _isStaleRevoke(old, op.version)',
    'false',
  ],
  ['a revocation must raise the version', CONSENT, 'if (kind != REVOKED || op.version != stored) {', '{'],
  ['a lock does not stop permits', CONSENT, 'if (kind == PERMIT && actor.locked)', 'if (false)'],
  ['permits survive revoke-all', CONSENT, 'if (uint32(word >> 152) != head.epoch) return 0;', ''],
  ['denies die with revoke-all', CONSENT, 'if (kind == DENY) return DENY;\n        Head', 'Head'],
  ['denies are not counted down', CONSENT, 'if (old >> 248 == DENY) denies -= 1;', ''],
  [
    'a renewed delegation revives permits',
    CONSENT,
    'uint24(grantor >> 184) >= uint24(delegate >> 104)',
    'true',
  ],
  [
    'any verifier is called',
    CONSENT,
    'if (verifier != p256Verifier && verifier != webAuthnVerifier)',
    'if (false)',
  ],
  [
    'a permit needs no deadline',
    CONSENT,
    'if (deadline != 0 || !_onlyRevocations(ops))',
    'if (deadline != 0)',
  ],
  ['terms ignore denies', CONSENT, 'return _heads[subject].denies == 0 ? 1 : 2;', 'return 1;'],
  ['terms ignore the grantee', CONSENT, 'terms.grantee != grantee || ', ''],
  ['the end of a window counts', CONSENT, 'time < to)', 'time <= to)'],
  ['the old root is not looked at', PROOF, 'oldHash == oldRoot && ', ''],
  ['the new root is not looked at', PROOF, ' && newHash == newRoot', ''],
  ['a proof may be too short', PROOF, 'rest == 0 && ', ''],
  ['the right border is overlooked', PROOF, ' || fn == sn', ''],
  ['a head may stay as large as it was', ANCHOR, 'if (size <= prevSize)', 'if (size < prevSize)'],
  [
    'anybody anchors',
    ANCHOR,
    'if (signer != operator) revert NotOperator(logId, signer);\n        bytes32 prevRoot',
    'bytes32 prevRoot',
  ],
  [
    'one signature makes a fork',
    ANCHOR,
    'if (signer != operator) revert NotOperator(logId, signer);\n        log.frozen',
    'log.frozen',
  ],
  ['equal roots make a fork', ANCHOR, 'if (rootA == rootB) revert NoFork(logId, rootA);', ''],
  [
    'a frozen log goes on',
    ANCHOR,
    'if (log.frozen) revert LogFrozen(logId);\n        uint64 prevSize',
    'uint64 prevSize',
  ],
  ['an old key signs new sizes', ANCHOR, 'while (size < fromSize)', 'while (keyEpoch > 0)'],
];

function run([name, { file, keep }, text, replacement]) {
  const source = readFileSync(join(CONTRACTS, file), 'utf8');
  if (source.split(text).length !== 2) throw new Error(`${name}: its text is not in ${file} exactly once`);
  const result = forgeTest(['--fuzz-runs', '64', '--fail-fast'], {
    replace: { [file]: source.replace(text, replacement) },
    keep,
    stdio: 'pipe',
  });
  const killed = result.status !== 0 && /\[FAIL/.test(result.stdout);
  process.stdout.write(`${killed ? 'killed' : 'ALIVE '}  ${name}\n`);
  if (!killed)
    process.stdout.write(`${String(result.stdout).slice(-500)}\n${String(result.stderr).slice(-500)}\n`);
  return killed;
}

const wanted = MUTANTS.filter(([name]) => name.includes(process.argv[2] ?? ''));
const killed = wanted.filter(run).length;
process.stdout.write(`${killed} of ${wanted.length} killed\n`);
process.exitCode = killed === wanted.length ? 0 : 1;
