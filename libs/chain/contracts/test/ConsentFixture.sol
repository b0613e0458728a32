// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsentRegistry} from "../ConsentRegistry.sol";
import {Assertions} from "./Assertions.sol";

/// @dev People with keys, and signatures made from the specification, not from the contract.
abstract contract ConsentFixture is Assertions {
    struct Person {
        uint256 key;
        bytes signer;
        bytes32 signerHash;
        bytes32 salt;
        bytes32 subject;
    }

    uint256 internal constant NOW = 1_800_000_000;
    uint64 internal constant LATER = 1_900_000_000;
    uint8 internal constant PERMIT = 1;
    uint8 internal constant DENY = 2;
    uint8 internal constant REVOKED = 3;
    bytes32 internal constant GRANT = keccak256("a grant");
    bytes32 internal constant OTHER = keccak256("another grant");
    bytes32 internal constant COMMITMENT = keccak256("a commitment");

    string private constant OP = "Op(bytes32 grantId,bytes32 commitment,uint8 kind,uint32 from,uint32 to,uint24 version)";

    ConsentRegistry internal registry;
    Person internal alice;
    Person internal guardian;
    Person internal stranger;

    function _begin() internal {
        vm.warp(NOW);
        registry = new ConsentRegistry();
        alice = _person(0xa11ce);
        guardian = _person(0x6a4d);
        stranger = _person(0x574a);
    }

    function _person(uint256 key) internal returns (Person memory person) {
        person.key = key;
        person.signer = abi.encodePacked(vm.addr(key));
        person.signerHash = keccak256(person.signer);
        person.salt = keccak256(abi.encode("salt", key));
        person.subject = keccak256(abi.encode(person.signerHash, person.salt));
    }

    function _openAlice() internal {
        registry.open(alice.signerHash, alice.salt);
    }

    // ------------------------------------------------------------ ops

    function _op(uint8 kind, uint24 version) internal pure returns (ConsentRegistry.Op memory) {
        return ConsentRegistry.Op(GRANT, COMMITMENT, kind, 0, 0, version);
    }

    function _list(ConsentRegistry.Op memory op) internal pure returns (ConsentRegistry.Op[] memory ops) {
        ops = new ConsentRegistry.Op[](1);
        ops[0] = op;
    }

    function _ops(uint8 kind, uint24 version) internal pure returns (ConsentRegistry.Op[] memory) {
        return _list(_op(kind, version));
    }

    function _word(ConsentRegistry.Op memory op, uint32 epoch) internal pure returns (uint256) {
        return
            (uint256(op.kind) << 248) |
            (uint256(op.from) << 216) |
            (uint256(op.to) << 184) |
            (uint256(epoch) << 152) |
            (uint256(op.version) << 128) |
            uint256(uint128(uint256(op.commitment)));
    }

    function _stored(bytes32 subject, bytes32 grantId) internal view returns (uint256) {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = grantId;
        (, uint256[] memory words) = registry.states(subject, ids);
        return words[0];
    }

    function _head(bytes32 subject) internal view returns (ConsentRegistry.Head memory head) {
        (head, ) = registry.states(subject, new bytes32[](0));
    }

    function _apply(Person memory by, ConsentRegistry.Op[] memory ops) internal {
        bytes memory sig = _signOps(by, alice.subject, ops, LATER);
        registry.applySigned(alice.subject, LATER, ops, by.signer, sig);
    }

    /// @dev {_apply}, which must fail with `reason`.
    function _refuse(Person memory by, ConsentRegistry.Op[] memory ops, bytes memory reason) internal {
        bytes memory sig = _signOps(by, alice.subject, ops, LATER);
        vm.expectRevert(reason);
        registry.applySigned(alice.subject, LATER, ops, by.signer, sig);
    }

    // ------------------------------------------------------------ signatures

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Proviso ConsentRegistry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function _opsDigest(
        bytes32 subject,
        ConsentRegistry.Op[] memory ops,
        uint64 deadline
    ) internal view returns (bytes32) {
        bytes memory hashes;
        for (uint256 i = 0; i < ops.length; ++i) {
            hashes = abi.encodePacked(hashes, keccak256(abi.encode(keccak256(bytes(OP)), ops[i])));
        }
        bytes32 typeHash = keccak256(
            abi.encodePacked(
                "Apply(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint64 deadline,Op[] ops)",
                OP
            )
        );
        ConsentRegistry.Head memory head = _head(subject);
        return
            _digest(
                keccak256(abi.encode(typeHash, subject, head.epoch, head.keyEpoch, deadline, keccak256(hashes)))
            );
    }

    function _sign(Person memory by, bytes32 digest) internal returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(by.key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _signOps(
        Person memory by,
        bytes32 subject,
        ConsentRegistry.Op[] memory ops,
        uint64 deadline
    ) internal returns (bytes memory) {
        return _sign(by, _opsDigest(subject, ops, deadline));
    }

    function _signRevokeAll(Person memory by, bool lock) internal returns (bytes memory) {
        ConsentRegistry.Head memory head = _head(alice.subject);
        bytes32 typeHash = keccak256("RevokeAll(bytes32 subject,uint32 epoch,uint32 keyEpoch,bool lock)");
        return _sign(by, _digest(keccak256(abi.encode(typeHash, alice.subject, head.epoch, head.keyEpoch, lock))));
    }

    function _revokeAll(Person memory by, bool lock) internal {
        bytes memory sig = _signRevokeAll(by, lock);
        registry.revokeAllSigned(alice.subject, lock, by.signer, sig);
    }

    struct Delegation {
        bytes32 signerHash;
        uint8 rights;
        uint32 from;
        uint32 to;
        uint24 version;
    }

    function _signDelegate(Person memory by, Delegation memory set) internal returns (bytes memory) {
        ConsentRegistry.Head memory head = _head(alice.subject);
        bytes32 typeHash = keccak256(
            "SetDelegate(bytes32 subject,uint32 epoch,uint32 keyEpoch,bytes32 signerHash,uint8 rights,uint32 from,uint32 to,uint24 version,uint64 deadline)"
        );
        return
            _sign(
                by,
                _digest(
                    keccak256(
                        abi.encode(
                            typeHash,
                            alice.subject,
                            head.epoch,
                            head.keyEpoch,
                            set.signerHash,
                            set.rights,
                            set.from,
                            set.to,
                            set.version,
                            LATER
                        )
                    )
                )
            );
    }

    function _setDelegate(Person memory by, Delegation memory set, bytes memory reason) internal {
        bytes memory sig = _signDelegate(by, set);
        if (reason.length > 0) vm.expectRevert(reason);
        registry.setDelegateSigned(
            alice.subject,
            set.signerHash,
            set.rights,
            set.from,
            set.to,
            set.version,
            LATER,
            by.signer,
            sig
        );
    }

    function _delegate(uint8 rights, uint24 version) internal {
        _setDelegate(alice, Delegation(guardian.signerHash, rights, 0, 0, version), "");
    }

    function _signRotate(Person memory by, bytes32 newSignerHash) internal returns (bytes memory) {
        ConsentRegistry.Head memory head = _head(alice.subject);
        uint32 round = registry.pendingOf(alice.subject).round;
        bytes32 typeHash = keccak256(
            "Rotate(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round,bytes32 newSignerHash,uint64 deadline)"
        );
        return
            _sign(
                by,
                _digest(
                    keccak256(
                        abi.encode(typeHash, alice.subject, head.epoch, head.keyEpoch, round, newSignerHash, LATER)
                    )
                )
            );
    }

    function _rotate(Person memory by, bytes32 newSignerHash) internal {
        bytes memory sig = _signRotate(by, newSignerHash);
        registry.rotateSigned(alice.subject, newSignerHash, LATER, by.signer, sig);
    }

    function _signUnlock(Person memory by) internal returns (bytes memory) {
        ConsentRegistry.Head memory head = _head(alice.subject);
        uint32 round = registry.pendingOf(alice.subject).round;
        bytes32 typeHash = keccak256(
            "Unlock(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round,uint64 deadline)"
        );
        return
            _sign(by, _digest(keccak256(abi.encode(typeHash, alice.subject, head.epoch, head.keyEpoch, round, LATER))));
    }

    function _unlock(Person memory by, bytes memory reason) internal {
        bytes memory sig = _signUnlock(by);
        if (reason.length > 0) vm.expectRevert(reason);
        registry.unlockSigned(alice.subject, LATER, by.signer, sig);
    }

    function _veto(Person memory by, bytes memory reason) internal {
        ConsentRegistry.Head memory head = _head(alice.subject);
        uint32 round = registry.pendingOf(alice.subject).round;
        bytes32 typeHash = keccak256("Veto(bytes32 subject,uint32 epoch,uint32 keyEpoch,uint32 round)");
        bytes memory sig = _sign(
            by,
            _digest(keccak256(abi.encode(typeHash, alice.subject, head.epoch, head.keyEpoch, round)))
        );
        if (reason.length > 0) vm.expectRevert(reason);
        registry.vetoSigned(alice.subject, by.signer, sig);
    }

    function _unauthorized(Person memory by, uint8 right) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(ConsentRegistry.Unauthorized.selector, alice.subject, by.signerHash, right);
    }
}

/// @dev A fixture for each test.
abstract contract ConsentTest is ConsentFixture {
    function setUp() public virtual {
        _begin();
    }
}
