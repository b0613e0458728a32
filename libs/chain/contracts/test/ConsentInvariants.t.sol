// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsentRegistry} from "../ConsentRegistry.sol";
import {ConsentFixture} from "./ConsentFixture.sol";
import {Vm} from "./Vm.sol";

/// @dev Random use of one subject by its controller and a delegate, and a model made of nothing but the events.
contract ConsentHandler is ConsentFixture {
    uint256 public constant GRANTS = 4;

    mapping(bytes32 grantId => uint256) public words;
    uint256 public delegate;
    uint32 public epoch;
    uint32 public keyEpoch;
    bool public locked;
    bytes32 public signerHash;
    /// @dev Set where a version fell, or a permit was stored while locked.
    bool public broken;
    uint256 public applied;

    constructor() {
        _begin();
        _openAlice();
        signerHash = alice.signerHash;
        vm.recordLogs();
    }

    function subject() external view returns (bytes32) {
        return alice.subject;
    }

    function registryOf() external view returns (ConsentRegistry) {
        return registry;
    }

    function guardianHash() external view returns (bytes32) {
        return guardian.signerHash;
    }

    function apply_(uint256 grant, uint8 kind, uint24 step, bool delegated) external {
        bytes32 grantId = bytes32(grant % GRANTS);
        uint24 version = uint24(words[grantId] >> 128) + uint24(bound(step, 0, 3));
        ConsentRegistry.Op memory op = ConsentRegistry.Op(
            grantId,
            keccak256(abi.encode(grantId, version)),
            uint8(bound(kind, 1, 3)),
            0,
            0,
            version
        );
        Person memory by = delegated ? guardian : alice;
        bytes memory sig = _signOps(by, alice.subject, _list(op), LATER);
        try registry.applySigned(alice.subject, LATER, _list(op), by.signer, sig) {
            applied += 1;
        } catch {}
        _read();
    }

    function revokeAll(bool lock) external {
        _revokeAll(alice, lock);
        _read();
    }

    function setDelegate(uint8 rights) external {
        uint24 version = uint24(delegate >> 128) + 1;
        Delegation memory set = Delegation(guardian.signerHash, rights % 32, 0, 0, version);
        bytes memory sig = _signDelegate(alice, set);
        try
            registry.setDelegateSigned(
                alice.subject,
                set.signerHash,
                set.rights,
                0,
                0,
                version,
                LATER,
                alice.signer,
                sig
            )
        {} catch {}
        _read();
    }

    function unlock(bool veto) external {
        if (!locked) return;
        _unlock(alice, "");
        if (veto) {
            _veto(alice, "");
        } else {
            vm.warp(block.timestamp + 48 hours);
            registry.finishUnlock(alice.subject);
        }
        _read();
    }

    function rotate(bool veto) external {
        if (block.timestamp > LATER - 96 hours) return;
        Person memory next = _person(alice.key + 1);
        _rotate(alice, next.signerHash);
        if (veto) {
            _veto(alice, "");
        } else {
            vm.warp(block.timestamp + 48 hours);
            registry.finishRotation(alice.subject);
            (next.salt, next.subject) = (alice.salt, alice.subject);
            alice = next;
        }
        _read();
    }

    /// @dev Follows the events, as a projection does.
    function _read() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter == address(registry) && logs[i].topics[1] == alice.subject) _follow(logs[i]);
        }
    }

    function _follow(Vm.Log memory log) private {
        bytes32 kind = log.topics[0];
        if (kind == ConsentRegistry.Consent.selector) {
            (uint256 state, , ) = abi.decode(log.data, (uint256, bytes32, bytes32));
            if (uint24(state >> 128) < uint24(words[log.topics[2]] >> 128)) broken = true;
            if (locked && state >> 248 == PERMIT) broken = true;
            words[log.topics[2]] = state;
        } else if (kind == ConsentRegistry.RevokedAll.selector) {
            (epoch, locked) = abi.decode(log.data, (uint32, bool));
        } else if (kind == ConsentRegistry.Subject.selector) {
            (signerHash, keyEpoch) = abi.decode(log.data, (bytes32, uint32));
        } else if (kind == ConsentRegistry.DelegateSet.selector) {
            delegate = abi.decode(log.data, (uint256));
        }
    }
}

/// @dev What always holds.
contract ConsentInvariantsTest is ConsentFixture {
    ConsentHandler private handler;

    function setUp() public {
        handler = new ConsentHandler();
        registry = handler.registryOf();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_TheEventsAloneRebuildEveryWord() public view {
        bytes32 subject = handler.subject();
        for (uint256 i = 0; i < handler.GRANTS(); ++i) {
            assertEq(_stored(subject, bytes32(i)), handler.words(bytes32(i)));
        }
        ConsentRegistry.Head memory head = _head(subject);
        assertEq(head.epoch, handler.epoch());
        assertEq(head.keyEpoch, handler.keyEpoch());
        assertEq(head.flags, handler.locked() ? 1 : 0);
        assertEq(head.controller, uint160(uint256(handler.signerHash())));
        assertEq(registry.delegateOf(subject, handler.guardianHash()), handler.delegate());
    }

    function invariant_DeniesAreCounted() public view {
        uint256 denies;
        for (uint256 i = 0; i < handler.GRANTS(); ++i) {
            if (handler.words(bytes32(i)) >> 248 == DENY) denies += 1;
        }
        assertEq(_head(handler.subject()).denies, denies);
    }

    function invariant_NoVersionFallsAndNoPermitIsStoredWhileLocked() public view {
        assertTrue(!handler.broken(), "a version fell, or a permit was stored while locked");
    }

    function invariant_NoPermitIsInForceWhileLocked() public view {
        if (!handler.locked()) return;
        for (uint256 i = 0; i < handler.GRANTS(); ++i) {
            uint256 word = handler.words(bytes32(i));
            bytes32 commitment = keccak256(abi.encode(bytes32(i), uint24(word >> 128)));
            assertTrue(registry.check(handler.subject(), bytes32(i), commitment) != PERMIT, "a permit under lock");
        }
    }
}
