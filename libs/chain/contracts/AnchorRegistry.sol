// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ConsistencyProof} from "./ConsistencyProof.sol";

/**
 * @title AnchorRegistry
 * @dev Keeps the newest head of append-only logs. A head is taken only with a proof, recomputed here, that it extends the
 * one before: with the operator's key alone a log cannot be shrunk or rewritten. Anybody may submit a head that the operator
 * signed, so that anchoring cannot be withheld.
 *
 * The operator's keys have epochs: one signs sizes from its `fromSize` up to the next one's.
 */
contract AnchorRegistry is EIP712 {
    /// @dev The first two slots change with each anchor, the third with a rotation.
    struct Log {
        bytes32 root;
        uint64 size;
        uint64 seq;
        uint64 time;
        bool frozen;
        address operator;
        uint64 fromSize;
        uint32 keyEpoch;
        address admin;
        bytes32 vkeyHash;
    }

    /// @dev An operator key of the past.
    struct Key {
        address operator;
        uint64 fromSize;
    }

    bytes32 private constant HEAD_TYPEHASH = keccak256("Head(bytes32 logId,uint64 size,bytes32 root,bytes32 aux)");

    mapping(bytes32 logId => Log) private _logs;
    mapping(bytes32 logId => mapping(uint32 keyEpoch => Key)) private _past;

    /// @dev A log was opened under an id that its first keys give.
    event LogOpened(bytes32 indexed logId, address admin, address operator, bytes32 vkeyHash);
    /// @dev A head was taken. `prevRoot` and `prevSize` are what it was proved to extend.
    event Anchored(
        bytes32 indexed logId,
        uint64 indexed seq,
        uint64 size,
        bytes32 root,
        bytes32 aux,
        bytes32 prevRoot,
        uint64 prevSize
    );
    /// @dev The operator signed two roots for one size. The log id is closed for ever.
    event Forked(bytes32 indexed logId, uint64 size, bytes32 rootA, bytes32 rootB);
    event Rotated(bytes32 indexed logId, uint32 keyEpoch, address operator, bytes32 vkeyHash, uint64 fromSize);

    error LogAlreadyOpen(bytes32 logId);
    error LogNotOpen(bytes32 logId);
    error LogFrozen(bytes32 logId);
    error InvalidOperator(address operator);
    error NotAdmin(bytes32 logId, address caller);
    error NotOperator(bytes32 logId, address signer);
    error BadSize(bytes32 logId, uint64 size, uint64 stored);
    error BadProof(bytes32 logId, uint64 size, uint64 stored);
    error NoFork(bytes32 logId, bytes32 root);
    error BadFromSize(bytes32 logId, uint64 fromSize, uint64 stored);

    constructor() EIP712("Proviso AnchorRegistry", "1") {}

    /**
     * @dev Opens the log of these keys. Anybody may call it: the id belongs to the keys.
     *
     * Requirements:
     *
     * - `admin` and `operator` must not be zero, and the log not open.
     *
     * Emits a {LogOpened} event.
     */
    function openLog(
        bytes32 salt,
        address admin,
        address operator,
        bytes32 vkeyHash
    ) external returns (bytes32 logId) {
        if (operator == address(0) || admin == address(0)) revert InvalidOperator(operator);
        logId = logIdOf(salt, admin, operator, vkeyHash);
        Log storage log = _logs[logId];
        if (log.operator != address(0)) revert LogAlreadyOpen(logId);
        log.operator = operator;
        log.admin = admin;
        log.vkeyHash = vkeyHash;
        emit LogOpened(logId, admin, operator, vkeyHash);
    }

    /**
     * @dev Takes a head. The operator may send it with an empty `sig`; anybody else with the operator's EIP-712 signature
     * over (logId, size, root, aux).
     *
     * Requirements:
     *
     * - the log must be open and not frozen, and `size` above the stored one.
     * - the signature must be of the key whose epoch covers `size`.
     * - `proof` must be the RFC 9162 consistency proof from the stored head; empty for the first.
     *
     * Emits an {Anchored} event.
     */
    function anchor(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        bytes32 aux,
        bytes32[] calldata proof,
        bytes calldata sig
    ) external {
        Log storage log = _logs[logId];
        if (log.frozen) revert LogFrozen(logId);
        uint64 prevSize = log.size;
        if (size <= prevSize) revert BadSize(logId, size, prevSize);
        address operator = _operatorFor(logId, log, size);
        address signer = sig.length == 0 ? msg.sender : _recover(logId, size, root, aux, sig);
        if (signer != operator) revert NotOperator(logId, signer);
        bytes32 prevRoot = log.root;
        if (!ConsistencyProof.verify(prevSize, prevRoot, size, root, proof)) revert BadProof(logId, size, prevSize);
        uint64 seq = log.seq + 1;
        log.root = root;
        log.size = size;
        log.seq = seq;
        log.time = uint64(block.timestamp);
        emit Anchored(logId, seq, size, root, aux, prevRoot, prevSize);
    }

    /**
     * @dev Freezes a log whose operator signed two different roots of the same size. Anybody may call it.
     *
     * Requirements:
     *
     * - the roots must differ, and both signatures be of the key whose epoch covers `size`.
     *
     * Emits a {Forked} event.
     */
    function reportFork(
        bytes32 logId,
        uint64 size,
        bytes32 rootA,
        bytes32 auxA,
        bytes calldata sigA,
        bytes32 rootB,
        bytes32 auxB,
        bytes calldata sigB
    ) external {
        Log storage log = _logs[logId];
        if (log.frozen) revert LogFrozen(logId);
        if (rootA == rootB) revert NoFork(logId, rootA);
        address operator = _operatorFor(logId, log, size);
        address signer = _recover(logId, size, rootA, auxA, sigA);
        if (signer != operator) revert NotOperator(logId, signer);
        signer = _recover(logId, size, rootB, auxB, sigB);
        if (signer != operator) revert NotOperator(logId, signer);
        log.frozen = true;
        emit Forked(logId, size, rootA, rootB);
    }

    /**
     * @dev Names the operator of heads from `fromSize` on. A rotation that has not begun to hold is replaced.
     *
     * Requirements:
     *
     * - the caller must be the log's admin, the operator not zero, the log not frozen.
     * - `fromSize` must be above the stored size.
     *
     * Emits a {Rotated} event.
     */
    function rotate(bytes32 logId, address operator, bytes32 vkeyHash, uint64 fromSize) external {
        Log storage log = _logs[logId];
        if (log.operator == address(0)) revert LogNotOpen(logId);
        if (msg.sender != log.admin) revert NotAdmin(logId, msg.sender);
        if (log.frozen) revert LogFrozen(logId);
        if (operator == address(0)) revert InvalidOperator(operator);
        if (fromSize <= log.size) revert BadFromSize(logId, fromSize, log.size);
        if (log.fromSize <= log.size) {
            _past[logId][log.keyEpoch] = Key(log.operator, log.fromSize);
            log.keyEpoch += 1;
        }
        log.operator = operator;
        log.fromSize = fromSize;
        log.vkeyHash = vkeyHash;
        emit Rotated(logId, log.keyEpoch, operator, vkeyHash, fromSize);
    }

    /// @dev The newest head, and who keeps the log.
    function head(bytes32 logId) external view returns (Log memory) {
        return _logs[logId];
    }

    /// @dev The id of the log with these first keys.
    function logIdOf(bytes32 salt, address admin, address operator, bytes32 vkeyHash) public pure returns (bytes32) {
        return keccak256(abi.encode(salt, admin, operator, vkeyHash));
    }

    /// @dev The operator whose epoch covers `size`.
    function _operatorFor(bytes32 logId, Log storage log, uint64 size) private view returns (address operator) {
        operator = log.operator;
        if (operator == address(0)) revert LogNotOpen(logId);
        uint64 fromSize = log.fromSize;
        uint32 keyEpoch = log.keyEpoch;
        while (size < fromSize) {
            keyEpoch -= 1;
            Key storage key = _past[logId][keyEpoch];
            operator = key.operator;
            fromSize = key.fromSize;
        }
    }

    /// @dev Who signed a head; zero where the signature is malformed.
    function _recover(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        bytes32 aux,
        bytes calldata sig
    ) private view returns (address signer) {
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(HEAD_TYPEHASH, logId, size, root, aux)));
        (signer, , ) = ECDSA.tryRecoverCalldata(digest, sig);
    }
}
