// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";
import {ERC7913P256Verifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol";
import {ERC7913WebAuthnVerifier} from "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol";

/**
 * @title ConsentRegistry
 * @dev Keeps one word per grant: what kind it is, when it holds, and a salted commitment to its terms. Nothing here names
 * a person, a recipient or a record. There is no owner, no pause and no upgrade: nobody but the signer of a subject, and
 * those whom the signer named, can change what a subject granted.
 *
 * A *subject* is `keccak256(abi.encode(signerHash, salt))` of its first signer, so that nobody can take another's id. A
 * *signer* is ERC-7913 bytes: an address of 20 bytes (an account, or an ERC-1271 contract), or one of the two verifiers
 * that were deployed with this contract, followed by a public key of 64 bytes.
 *
 * Replay protection is the pair (epoch, version of the grant), not a nonce: a grant that was held back cannot revive after
 * its revocation, and a revocation never waits for something else to be mined.
 *
 * Grant word, from the high bits: kind 8, from 32, to 32, epoch 32, version 24, low half of the commitment 128.
 * Delegate word, from the high bits: rights 8, from 32, to 32, keyEpoch 32, version 24, since 24, vetoUntil 32, zero 72.
 * Times are unix seconds; `to` = 0 is open.
 *
 * The events `Consent`, `Subject`, `RevokedAll` and `DelegateSet` alone rebuild every word.
 */
contract ConsentRegistry is EIP712 {
    /// @dev What is done to one grant.
    struct Op {
        bytes32 grantId;
        bytes32 commitment;
        uint8 kind;
        uint32 from;
        uint32 to;
        uint24 version;
    }

    /// @dev What a commitment commits to. `classes` and `purposes` are bitmaps over the list whose hash is `vocabulary`.
    struct Terms {
        bytes32 vocabulary;
        bytes32 grantee;
        uint256 classes;
        uint64 purposes;
        bytes32 consentHash;
        bytes32 salt;
    }

    /// @dev One slot. `controller` is the low 160 bits of the signer hash; `denies` counts words of kind deny, also those
    /// whose window has passed.
    struct Head {
        uint160 controller;
        uint32 epoch;
        uint32 keyEpoch;
        uint8 flags;
        uint24 denies;
    }

    /// @dev What waits for its delay. `round` is bound by the signatures that ask for it, so that a veto ends them.
    struct Pending {
        bytes32 newSignerHash;
        uint64 rotateAt;
        uint64 unlockAt;
        uint32 round;
    }

    /// @dev Who acts, resolved once per call.
    struct Actor {
        bytes32 subject;
        bytes32 signerHash;
        uint160 tag;
        uint8 rights;
        uint24 reach;
        uint24 delegation;
        uint32 epoch;
        bool locked;
    }

    uint8 public constant PERMIT = 1;
    uint8 public constant DENY = 2;
    uint8 public constant REVOKED = 3;

    uint8 public constant RIGHT_GRANT = 1;
    uint8 public constant RIGHT_RESTRICT = 2;
    uint8 public constant RIGHT_REVOKE_ALL = 4;
    uint8 public constant RIGHT_VETO = 8;
    uint8 public constant RIGHT_RECOVER = 16;

    uint8 private constant ALL_RIGHTS = 31;
    uint8 private constant FLAG_LOCKED = 1;

    uint256 public constant MAX_OPS = 64;
    uint24 public constant MAX_STEP = 256;
    uint256 public constant DELAY = 48 hours;

    bytes32 private constant OP_TYPEHASH =
        keccak256("Op(bytes32 grantId,bytes32 commitment,uint8 kind,uint32 from,uint32 to,uint24 version)");
    bytes32 private constant APPLY_TYPEHASH =
        keccak256(
            "Apply(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint64 deadline,Op[] ops)Op(bytes32 grantId,bytes32 commitment,uint8 kind,uint32 from,uint32 to,uint24 version)"
        );
    bytes32 private constant REVOKE_ALL_TYPEHASH =
        keccak256("RevokeAll(bytes32 subject,uint32 epoch,uint32 keyEpoch,bool lock)");
    bytes32 private constant SET_DELEGATE_TYPEHASH =
        keccak256(
            "SetDelegate(bytes32 subject,uint32 epoch,uint32 keyEpoch,bytes32 signerHash,uint8 rights,uint32 from,uint32 to,uint24 version,uint64 deadline)"
        );
    bytes32 private constant ROTATE_TYPEHASH =
        keccak256(
            "Rotate(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round,bytes32 newSignerHash,uint64 deadline)"
        );
    bytes32 private constant UNLOCK_TYPEHASH =
        keccak256("Unlock(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round,uint64 deadline)");
    bytes32 private constant VETO_TYPEHASH =
        keccak256("Veto(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round)");

    /// @dev The ERC-7913 verifiers that a signer may name. No other is ever called: a verifier is code.
    address public immutable p256Verifier;
    address public immutable webAuthnVerifier;

    mapping(bytes32 subject => Head) private _heads;
    mapping(bytes32 subject => mapping(bytes32 grantId => uint256)) private _words;
    /// @dev Only for permits by delegates: tag 160, version of the grant 24, version of the delegation 24, from the low bits.
    mapping(bytes32 subject => mapping(bytes32 grantId => uint256)) private _grantors;
    mapping(bytes32 subject => mapping(uint160 tag => uint256)) private _delegates;
    mapping(bytes32 subject => Pending) private _pending;

    /// @dev A grant changed. `state` is its whole word, `by` the hash of the signer who did it.
    event Consent(
        bytes32 indexed subject,
        bytes32 indexed grantId,
        uint256 state,
        bytes32 commitment,
        bytes32 by
    );
    /// @dev A subject was opened (`keyEpoch` 0, epoch 0) or its signer replaced.
    event Subject(bytes32 indexed subject, bytes32 signerHash, uint32 keyEpoch);
    /// @dev Epoch and lock of a subject. Also marks the end of a lock, with an unchanged epoch and `locked` false.
    event RevokedAll(bytes32 indexed subject, uint32 epoch, bool locked);
    /// @dev A delegate's whole word.
    event DelegateSet(bytes32 indexed subject, bytes32 indexed signerHash, uint256 state);
    /// @dev A revocation in a batch was older than what is stored, and was left out.
    event StaleRevoke(bytes32 indexed subject, bytes32 indexed grantId, uint24 version, uint24 stored);
    event UnlockRequested(bytes32 indexed subject, uint64 readyAt);
    event RotationRequested(bytes32 indexed subject, bytes32 newSignerHash, bytes32 by, uint64 readyAt);
    event Vetoed(bytes32 indexed subject, bytes32 by, uint32 round);

    error ZeroSigner(bytes32 subject);
    error AlreadyOpen(bytes32 subject);
    error NotOpen(bytes32 subject);
    error Unauthorized(bytes32 subject, bytes32 signerHash, uint8 right);
    error InvalidSignature(bytes32 signerHash);
    error UnknownVerifier(address verifier);
    error InvalidSigner(uint256 length);
    error Expired(uint64 deadline, uint256 time);
    error NoOps();
    error TooManyOps(uint256 count);
    error InvalidKind(bytes32 grantId, uint8 kind);
    error InvalidWindow(uint32 from, uint32 to);
    error Stale(bytes32 id, uint24 version, uint24 stored);
    error VersionJump(bytes32 id, uint24 version, uint24 stored, uint24 reach);
    error Locked(bytes32 subject);
    error NotLocked(bytes32 subject);
    error NothingPending(bytes32 subject);
    error NotReady(bytes32 subject, uint64 readyAt);

    constructor() EIP712("Proviso ConsentRegistry", "1") {
        p256Verifier = address(new ERC7913P256Verifier());
        webAuthnVerifier = address(new ERC7913WebAuthnVerifier());
    }

    // ---------------------------------------------------------------- changing

    /**
     * @dev Opens the subject of `signerHash` and `salt`. Anybody may call it: the id belongs to the signer.
     *
     * Requirements:
     *
     * - the subject must not be open, and the signer's hash not zero in its low 160 bits.
     *
     * Emits a {Subject} event.
     */
    function open(bytes32 signerHash, bytes32 salt) external returns (bytes32 subject) {
        subject = subjectOf(signerHash, salt);
        if (_heads[subject].controller != 0) revert AlreadyOpen(subject);
        _open(subject, signerHash);
    }

    /**
     * @dev Opens the signer's subject and applies `ops`; does the second alone where the subject is open already.
     *
     * Requirements: those of {applySigned}.
     */
    function openAndApply(
        bytes32 salt,
        uint64 deadline,
        Op[] calldata ops,
        bytes calldata signer,
        bytes calldata sig
    ) external {
        bytes32 signerHash = keccak256(signer);
        bytes32 subject = subjectOf(signerHash, salt);
        if (_heads[subject].controller == 0) _open(subject, signerHash);
        _applySigned(subject, deadline, ops, signer, sig);
    }

    /**
     * @dev Applies `ops` for the caller.
     *
     * Requirements:
     *
     * - the caller must be the controller, or a delegate with the right that each op needs.
     * - between 1 and {MAX_OPS} ops, each of a known kind, its window not empty.
     * - a permit or deny must raise the version: a controller by at most {MAX_STEP}, a delegate by exactly 1.
     * - a revocation may also equal the stored version, and may name an id never seen; an older one is left out.
     * - no permit while the subject is locked.
     *
     * Emits a {Consent} or {StaleRevoke} event for each op.
     */
    function applyOps(bytes32 subject, Op[] calldata ops) external {
        _apply(subject, ops, _callerHash());
    }

    /**
     * @dev Applies `ops` that `signer` signed; anybody may relay them.
     *
     * Requirements: those of {applyOps} for the signer, and
     *
     * - `sig` must sign chain, contract, subject, epoch, keyEpoch, deadline and ops.
     * - `deadline` must not have passed; 0 (none) is for batches of revocations alone.
     */
    function applySigned(
        bytes32 subject,
        uint64 deadline,
        Op[] calldata ops,
        bytes calldata signer,
        bytes calldata sig
    ) external {
        _applySigned(subject, deadline, ops, signer, sig);
    }

    /**
     * @dev Ends every permit of the subject by raising its epoch; denies stay. With `lock`, no permit can be made until the
     * subject is unlocked. Without it a lock that exists stays.
     *
     * Requirements:
     *
     * - the caller must be the controller or a delegate with {RIGHT_REVOKE_ALL}.
     *
     * Emits a {RevokedAll} event.
     */
    function revokeAll(bytes32 subject, bool lock) external {
        _revokeAll(subject, lock, _callerHash());
    }

    /// @dev {revokeAll}, signed. It has no deadline: the epoch that it binds ends with it.
    function revokeAllSigned(bytes32 subject, bool lock, bytes calldata signer, bytes calldata sig) external {
        Head memory head = _requireOpen(subject);
        bytes32 structHash = keccak256(
            abi.encode(REVOKE_ALL_TYPEHASH, subject, head.epoch, head.keyEpoch, lock)
        );
        _revokeAll(subject, lock, _requireSigned(structHash, signer, sig));
    }

    /**
     * @dev Names a delegate, changes his rights and window, or (rights 0) ends them. His permits end with his right to
     * grant, and do not come back with it. Who loses {RIGHT_VETO} keeps it for {DELAY}, so that a stolen key cannot first
     * remove the guardian and then rotate.
     *
     * Requirements:
     *
     * - the signer must be the controller, and the subject not locked.
     * - `version` must be above the stored one, by at most {MAX_STEP}.
     *
     * Emits a {DelegateSet} event.
     */
    function setDelegateSigned(
        bytes32 subject,
        bytes32 signerHash,
        uint8 rights,
        uint32 from,
        uint32 to,
        uint24 version,
        uint64 deadline,
        bytes calldata signer,
        bytes calldata sig
    ) external {
        Head memory head = _requireOpen(subject);
        {
            bytes32 structHash = keccak256(
                abi.encode(
                    SET_DELEGATE_TYPEHASH,
                    subject,
                    head.epoch,
                    head.keyEpoch,
                    signerHash,
                    rights,
                    from,
                    to,
                    version,
                    deadline
                )
            );
            _requireBefore(deadline);
            _requireController(subject, head, _requireSigned(structHash, signer, sig));
        }
        if (head.flags & FLAG_LOCKED != 0) revert Locked(subject);
        if (to != 0 && to <= from) revert InvalidWindow(from, to);
        uint256 state = (uint256(rights & ALL_RIGHTS) << 248) |
            (uint256(from) << 216) |
            (uint256(to) << 184) |
            (uint256(version) << 128);
        _setDelegate(subject, head.keyEpoch, signerHash, state);
    }

    /**
     * @dev Asks for a new signer, who takes over after {DELAY} unless vetoed. A later request replaces an earlier one.
     *
     * Requirements:
     *
     * - the signer must be the controller, or a delegate with {RIGHT_RECOVER}.
     * - the new signer's hash must not be zero in its low 160 bits.
     *
     * Emits a {RotationRequested} event.
     */
    function rotateSigned(
        bytes32 subject,
        bytes32 newSignerHash,
        uint64 deadline,
        bytes calldata signer,
        bytes calldata sig
    ) external {
        Head memory head = _requireOpen(subject);
        _requireSigner(subject, newSignerHash);
        Pending storage pending = _pending[subject];
        bytes32 structHash = keccak256(
            abi.encode(ROTATE_TYPEHASH, subject, head.epoch, head.keyEpoch, pending.round, newSignerHash, deadline)
        );
        _requireBefore(deadline);
        bytes32 by = _requireSigned(structHash, signer, sig);
        _requireRight(_actor(subject, head, by), RIGHT_RECOVER);
        uint64 readyAt = uint64(block.timestamp + DELAY);
        pending.newSignerHash = newSignerHash;
        pending.rotateAt = readyAt;
        emit RotationRequested(subject, newSignerHash, by, readyAt);
    }

    /**
     * @dev Completes a rotation. Every delegation ends with the old key. Anybody may call it.
     *
     * Requirements:
     *
     * - a rotation must be pending, and its delay over.
     *
     * Emits a {Subject} event.
     */
    function finishRotation(bytes32 subject) external {
        Pending storage pending = _pending[subject];
        uint64 readyAt = pending.rotateAt;
        if (readyAt == 0) revert NothingPending(subject);
        if (block.timestamp < readyAt) revert NotReady(subject, readyAt);
        bytes32 signerHash = pending.newSignerHash;
        pending.newSignerHash = 0;
        pending.rotateAt = 0;
        Head storage head = _heads[subject];
        head.controller = uint160(uint256(signerHash));
        head.keyEpoch += 1;
        emit Subject(subject, signerHash, head.keyEpoch);
    }

    /**
     * @dev Asks for the end of a lock, after {DELAY} unless vetoed.
     *
     * Requirements:
     *
     * - the signer must be the controller (a delegate alone never unlocks), and the subject locked.
     *
     * Emits an {UnlockRequested} event.
     */
    function unlockSigned(bytes32 subject, uint64 deadline, bytes calldata signer, bytes calldata sig) external {
        Head memory head = _requireOpen(subject);
        Pending storage pending = _pending[subject];
        bytes32 structHash = keccak256(
            abi.encode(UNLOCK_TYPEHASH, subject, head.epoch, head.keyEpoch, pending.round, deadline)
        );
        _requireBefore(deadline);
        _requireController(subject, head, _requireSigned(structHash, signer, sig));
        if (head.flags & FLAG_LOCKED == 0) revert NotLocked(subject);
        uint64 readyAt = uint64(block.timestamp + DELAY);
        pending.unlockAt = readyAt;
        emit UnlockRequested(subject, readyAt);
    }

    /**
     * @dev Completes an unlocking. Anybody may call it.
     *
     * Requirements:
     *
     * - an unlocking must be pending, and its delay over.
     *
     * Emits a {RevokedAll} event with the unchanged epoch.
     */
    function finishUnlock(bytes32 subject) external {
        Pending storage pending = _pending[subject];
        uint64 readyAt = pending.unlockAt;
        if (readyAt == 0) revert NothingPending(subject);
        if (block.timestamp < readyAt) revert NotReady(subject, readyAt);
        pending.unlockAt = 0;
        Head storage head = _heads[subject];
        head.flags &= ~FLAG_LOCKED;
        emit RevokedAll(subject, head.epoch, false);
    }

    /**
     * @dev Ends whatever is pending, and every signature that asked for it.
     *
     * Requirements:
     *
     * - the caller must be the controller, or a delegate who has {RIGHT_VETO}, or had it less than {DELAY} ago.
     * - something must be pending.
     *
     * Emits a {Vetoed} event.
     */
    function veto(bytes32 subject) external {
        _veto(subject, _requireOpen(subject), _callerHash());
    }

    /// @dev {veto}, signed.
    function vetoSigned(bytes32 subject, bytes calldata signer, bytes calldata sig) external {
        Head memory head = _requireOpen(subject);
        bytes32 structHash = keccak256(
            abi.encode(VETO_TYPEHASH, subject, head.epoch, head.keyEpoch, _pending[subject].round)
        );
        _veto(subject, head, _requireSigned(structHash, signer, sig));
    }

    // ---------------------------------------------------------------- reading

    /// @dev The subject of a first signer and a salt.
    function subjectOf(bytes32 signerHash, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(signerHash, salt));
    }

    /// @dev Head and grant words, in the order of `ids`; 0 where there is none.
    function states(bytes32 subject, bytes32[] calldata ids) external view returns (Head memory, uint256[] memory) {
        uint256[] memory words = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            words[i] = _words[subject][ids[i]];
        }
        return (_heads[subject], words);
    }

    /// @dev A delegate's word, 0 where there is none.
    function delegateOf(bytes32 subject, bytes32 signerHash) external view returns (uint256) {
        return _delegates[subject][uint160(uint256(signerHash))];
    }

    /// @dev What waits for its delay.
    function pendingOf(bytes32 subject) external view returns (Pending memory) {
        return _pending[subject];
    }

    /**
     * @dev Whether a grant with this commitment is in force now: 0 no, {PERMIT} or {DENY} yes. A permit needs the subject's
     * epoch and, if a delegate made it, his delegation; a deny needs neither.
     */
    function check(bytes32 subject, bytes32 grantId, bytes32 commitment) external view returns (uint8) {
        return _inForce(subject, grantId, commitment, block.timestamp);
    }

    /**
     * @dev Evaluates a permit from its disclosed terms, at the later of the block's time and `at`: 0 no, 1 yes,
     * 2 undetermined, since the subject has denies whose terms were not supplied. A yes is necessary, not sufficient.
     * Terms must be given to one's own node only.
     */
    function termsInForce(
        bytes32 subject,
        bytes32 grantId,
        Terms calldata terms,
        bytes32 grantee,
        uint8 class,
        uint8 purpose,
        uint64 at
    ) external view returns (uint8) {
        uint256 time = at > block.timestamp ? at : block.timestamp;
        if (_inForce(subject, grantId, keccak256(abi.encode(terms)), time) != PERMIT) return 0;
        if (terms.grantee != grantee || (terms.classes >> class) & 1 == 0) return 0;
        if (purpose > 63 || (terms.purposes >> purpose) & 1 == 0) return 0;
        return _heads[subject].denies == 0 ? 1 : 2;
    }

    // ---------------------------------------------------------------- ops

    function _open(bytes32 subject, bytes32 signerHash) private {
        _requireSigner(subject, signerHash);
        _heads[subject].controller = uint160(uint256(signerHash));
        emit Subject(subject, signerHash, 0);
    }

    function _applySigned(
        bytes32 subject,
        uint64 deadline,
        Op[] calldata ops,
        bytes calldata signer,
        bytes calldata sig
    ) private {
        if (deadline != 0 || !_onlyRevocations(ops)) _requireBefore(deadline);
        Head memory head = _requireOpen(subject);
        bytes32 structHash = keccak256(
            abi.encode(APPLY_TYPEHASH, subject, head.epoch, head.keyEpoch, deadline, _hashOps(ops))
        );
        _apply(subject, ops, _requireSigned(structHash, signer, sig));
    }

    function _apply(bytes32 subject, Op[] calldata ops, bytes32 signerHash) private {
        if (ops.length == 0) revert NoOps();
        if (ops.length > MAX_OPS) revert TooManyOps(ops.length);
        Head memory head = _requireOpen(subject);
        Actor memory actor = _actor(subject, head, signerHash);
        uint24 denies = head.denies;
        for (uint256 i = 0; i < ops.length; ++i) {
            denies = _applyOp(actor, ops[i], denies);
        }
        if (denies != head.denies) _heads[subject].denies = denies;
    }

    /// @dev Returns the count of denies after the op.
    function _applyOp(Actor memory actor, Op calldata op, uint24 denies) private returns (uint24) {
        uint8 kind = op.kind;
        if (kind == 0 || kind > REVOKED) revert InvalidKind(op.grantId, kind);
        _requireRight(actor, kind == PERMIT ? RIGHT_GRANT : RIGHT_RESTRICT);
        if (kind == PERMIT && actor.locked) revert Locked(actor.subject);
        if (op.to != 0 && op.to <= op.from) revert InvalidWindow(op.from, op.to);
        uint256 old = _words[actor.subject][op.grantId];
        uint24 stored = uint24(old >> 128);
        if (kind == REVOKED && _isStaleRevoke(old, op.version)) {
            emit StaleRevoke(actor.subject, op.grantId, op.version, stored);
            return denies;
        }
        if (kind != REVOKED || op.version != stored) {
            _requireStep(op.grantId, op.version, stored, actor.reach);
        }
        _store(actor, op);
        if (old >> 248 == DENY) denies -= 1;
        if (kind == DENY) denies += 1;
        return denies;
    }

    function _store(Actor memory actor, Op calldata op) private {
        uint256 state = (uint256(op.kind) << 248) |
            (uint256(op.from) << 216) |
            (uint256(op.to) << 184) |
            (uint256(actor.epoch) << 152) |
            (uint256(op.version) << 128) |
            uint128(uint256(op.commitment));
        _words[actor.subject][op.grantId] = state;
        if (actor.delegation != 0 && op.kind == PERMIT) {
            _grantors[actor.subject][op.grantId] =
                uint256(actor.tag) |
                (uint256(op.version) << 160) |
                (uint256(actor.delegation) << 184);
        }
        emit Consent(actor.subject, op.grantId, state, op.commitment, actor.signerHash);
    }

    function _revokeAll(bytes32 subject, bool lock, bytes32 signerHash) private {
        Head memory head = _requireOpen(subject);
        _requireRight(_actor(subject, head, signerHash), RIGHT_REVOKE_ALL);
        head.epoch += 1;
        if (lock) {
            head.flags |= FLAG_LOCKED;
            if (_pending[subject].unlockAt != 0) _pending[subject].unlockAt = 0;
        }
        _heads[subject] = head;
        emit RevokedAll(subject, head.epoch, head.flags & FLAG_LOCKED != 0);
    }

    /// @dev Completes the word of a delegate (`state` has rights, window and version) and stores it.
    function _setDelegate(bytes32 subject, uint32 keyEpoch, bytes32 signerHash, uint256 state) private {
        uint160 tag = uint160(uint256(signerHash));
        uint256 old = _delegates[subject][tag];
        uint24 version = uint24(state >> 128);
        _requireStep(signerHash, version, uint24(old >> 128), MAX_STEP);
        state |=
            (uint256(keyEpoch) << 152) |
            (uint256(_since(old, keyEpoch, version)) << 104) |
            (uint256(_vetoUntil(old, keyEpoch)) << 72);
        _delegates[subject][tag] = state;
        emit DelegateSet(subject, signerHash, state);
    }

    function _veto(bytes32 subject, Head memory head, bytes32 signerHash) private {
        Pending storage pending = _pending[subject];
        if (pending.rotateAt == 0 && pending.unlockAt == 0) revert NothingPending(subject);
        Actor memory actor = _actor(subject, head, signerHash);
        uint256 delegate = _delegates[subject][actor.tag];
        bool kept = uint32(delegate >> 152) == head.keyEpoch && block.timestamp < uint32(delegate >> 72);
        if (!kept) _requireRight(actor, RIGHT_VETO);
        pending.newSignerHash = 0;
        pending.rotateAt = 0;
        pending.unlockAt = 0;
        pending.round += 1;
        emit Vetoed(subject, signerHash, pending.round);
    }

    // ---------------------------------------------------------------- rules

    /// @dev The rights of a signer over a subject; none for a stranger.
    function _actor(bytes32 subject, Head memory head, bytes32 signerHash) private view returns (Actor memory actor) {
        actor.subject = subject;
        actor.signerHash = signerHash;
        actor.tag = uint160(uint256(signerHash));
        actor.epoch = head.epoch;
        actor.locked = head.flags & FLAG_LOCKED != 0;
        if (actor.tag == head.controller) {
            actor.rights = ALL_RIGHTS;
            actor.reach = MAX_STEP;
            return actor;
        }
        uint256 delegate = _delegates[subject][actor.tag];
        if (_isLive(delegate, head.keyEpoch, block.timestamp)) actor.rights = uint8(delegate >> 248);
        actor.reach = 1;
        actor.delegation = uint24(delegate >> 128);
    }

    function _inForce(
        bytes32 subject,
        bytes32 grantId,
        bytes32 commitment,
        uint256 time
    ) private view returns (uint8) {
        uint256 word = _words[subject][grantId];
        uint8 kind = uint8(word >> 248);
        if (kind != PERMIT && kind != DENY) return 0;
        if (uint128(word) != uint128(uint256(commitment))) return 0;
        if (!_isWithin(uint32(word >> 216), uint32(word >> 184), time)) return 0;
        if (kind == DENY) return DENY;
        Head memory head = _heads[subject];
        if (uint32(word >> 152) != head.epoch) return 0;
        return _delegationHolds(subject, grantId, uint24(word >> 128), time) ? PERMIT : 0;
    }

    /// @dev Whether a permit is the controller's, or its delegation has held without a break since it was made.
    function _delegationHolds(
        bytes32 subject,
        bytes32 grantId,
        uint24 version,
        uint256 time
    ) private view returns (bool) {
        uint256 grantor = _grantors[subject][grantId];
        if (grantor == 0 || uint24(grantor >> 160) != version) return true;
        uint256 delegate = _delegates[subject][uint160(grantor)];
        return
            _isLive(delegate, _heads[subject].keyEpoch, time) &&
            uint8(delegate >> 248) & RIGHT_GRANT != 0 &&
            uint24(grantor >> 184) >= uint24(delegate >> 104);
    }

    /// @dev The version since which a delegate has had the right to grant without a break.
    function _since(uint256 old, uint32 keyEpoch, uint24 version) private view returns (uint24) {
        bool unbroken = _isLive(old, keyEpoch, block.timestamp) && uint8(old >> 248) & RIGHT_GRANT != 0;
        return unbroken ? uint24(old >> 104) : version;
    }

    function _vetoUntil(uint256 old, uint32 keyEpoch) private view returns (uint32) {
        if (_isLive(old, keyEpoch, block.timestamp) && uint8(old >> 248) & RIGHT_VETO != 0) {
            return uint32(block.timestamp + DELAY);
        }
        return uint32(old >> 152) == keyEpoch ? uint32(old >> 72) : 0;
    }

    function _isLive(uint256 delegate, uint32 keyEpoch, uint256 time) private pure returns (bool) {
        return
            uint8(delegate >> 248) != 0 &&
            uint32(delegate >> 152) == keyEpoch &&
            _isWithin(uint32(delegate >> 216), uint32(delegate >> 184), time);
    }

    function _isWithin(uint32 from, uint32 to, uint256 time) private pure returns (bool) {
        return from <= time && (to == 0 || time < to);
    }

    function _isStaleRevoke(uint256 old, uint24 version) private pure returns (bool) {
        uint24 stored = uint24(old >> 128);
        return version < stored || (version == stored && old >> 248 == REVOKED);
    }

    function _onlyRevocations(Op[] calldata ops) private pure returns (bool) {
        for (uint256 i = 0; i < ops.length; ++i) {
            if (ops[i].kind != REVOKED) return false;
        }
        return true;
    }

    function _requireOpen(bytes32 subject) private view returns (Head memory head) {
        head = _heads[subject];
        if (head.controller == 0) revert NotOpen(subject);
    }

    /// @dev A controller of 0 would leave the subject to be opened again.
    function _requireSigner(bytes32 subject, bytes32 signerHash) private pure {
        if (uint160(uint256(signerHash)) == 0) revert ZeroSigner(subject);
    }

    function _requireRight(Actor memory actor, uint8 right) private pure {
        if (actor.rights & right == 0) revert Unauthorized(actor.subject, actor.signerHash, right);
    }

    function _requireController(bytes32 subject, Head memory head, bytes32 signerHash) private pure {
        if (uint160(uint256(signerHash)) != head.controller) revert Unauthorized(subject, signerHash, ALL_RIGHTS);
    }

    function _requireStep(bytes32 id, uint24 version, uint24 stored, uint24 reach) private pure {
        if (version <= stored) revert Stale(id, version, stored);
        if (uint256(version) > uint256(stored) + reach) revert VersionJump(id, version, stored, reach);
    }

    function _requireBefore(uint64 deadline) private view {
        if (block.timestamp > deadline) revert Expired(deadline, block.timestamp);
    }

    // ---------------------------------------------------------------- signatures

    function _callerHash() private view returns (bytes32) {
        return keccak256(abi.encodePacked(msg.sender));
    }

    /// @dev Returns the signer's hash.
    function _requireSigned(
        bytes32 structHash,
        bytes calldata signer,
        bytes calldata sig
    ) private view returns (bytes32 signerHash) {
        signerHash = keccak256(signer);
        if (!_isValid(signer, _hashTypedDataV4(structHash), sig)) revert InvalidSignature(signerHash);
    }

    function _isValid(bytes calldata signer, bytes32 digest, bytes calldata sig) private view returns (bool) {
        if (signer.length == 20) {
            return SignatureChecker.isValidSignatureNowCalldata(address(bytes20(signer)), digest, sig);
        }
        if (signer.length != 84) revert InvalidSigner(signer.length);
        address verifier = address(bytes20(signer[:20]));
        if (verifier != p256Verifier && verifier != webAuthnVerifier) revert UnknownVerifier(verifier);
        try IERC7913SignatureVerifier(verifier).verify(signer[20:], digest, sig) returns (bytes4 magic) {
            return magic == IERC7913SignatureVerifier.verify.selector;
        } catch {
            return false;
        }
    }

    function _hashOps(Op[] calldata ops) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](ops.length);
        for (uint256 i = 0; i < ops.length; ++i) {
            hashes[i] = keccak256(abi.encode(OP_TYPEHASH, ops[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
