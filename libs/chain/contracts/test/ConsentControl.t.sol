// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsentRegistry} from "../ConsentRegistry.sol";
import {ConsentTest} from "./ConsentFixture.sol";

/// @dev Delegates, lock, rotation, veto.
contract ConsentControlTest is ConsentTest {
    uint8 private constant GRANT_RIGHT = 1;
    uint8 private constant RESTRICT = 2;
    uint8 private constant REVOKE_ALL = 4;
    uint8 private constant VETO = 8;
    uint8 private constant RECOVER = 16;
    uint8 private constant ALL = 31;

    Person private next;

    function setUp() public override {
        super.setUp();
        next = _person(0x4e87);
        _openAlice();
    }

    // ------------------------------------------------------------ delegates

    function test_SetsADelegate() public {
        uint256 state = (uint256(RESTRICT) << 248) |
            (uint256(5) << 216) |
            (uint256(LATER) << 184) |
            (uint256(3) << 128) |
            (uint256(3) << 104);
        Delegation memory set = Delegation(guardian.signerHash, RESTRICT, 5, uint32(LATER), 3);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.DelegateSet(alice.subject, guardian.signerHash, state);
        _setDelegate(alice, set, "");
        assertEq(registry.delegateOf(alice.subject, guardian.signerHash), state);
        bytes memory stale = abi.encodeWithSelector(ConsentRegistry.Stale.selector, guardian.signerHash, 3, 3);
        _setDelegate(alice, set, stale);
        set.version = 260;
        _setDelegate(
            alice,
            set,
            abi.encodeWithSelector(ConsentRegistry.VersionJump.selector, guardian.signerHash, 260, 3, 256)
        );
    }

    function test_OnlyTheControllerSetsDelegates() public {
        _delegate(ALL, 1);
        Delegation memory set = Delegation(stranger.signerHash, ALL, 0, 0, 1);
        _setDelegate(guardian, set, _unauthorized(guardian, ALL));
        _setDelegate(stranger, set, _unauthorized(stranger, ALL));
    }

    function test_EachRightAllowsItsOwn() public {
        _delegate(GRANT_RIGHT, 1);
        _apply(guardian, _ops(PERMIT, 1));
        _refuse(guardian, _ops(DENY, 2), _unauthorized(guardian, RESTRICT));
        _refuse(guardian, _ops(REVOKED, 1), _unauthorized(guardian, RESTRICT));
        _delegate(RESTRICT, 2);
        _apply(guardian, _ops(REVOKED, 1));
        _refuse(guardian, _ops(PERMIT, 2), _unauthorized(guardian, GRANT_RIGHT));
        bytes memory sig = _signRevokeAll(guardian, false);
        vm.expectRevert(_unauthorized(guardian, REVOKE_ALL));
        registry.revokeAllSigned(alice.subject, false, guardian.signer, sig);
        vm.prank(address(bytes20(guardian.signer)));
        vm.expectRevert(_unauthorized(guardian, REVOKE_ALL));
        registry.revokeAll(alice.subject, true);
    }

    function test_ADelegateRaisesAVersionByExactlyOne() public {
        _delegate(GRANT_RIGHT | RESTRICT, 1);
        uint24 last = type(uint24).max;
        _refuse(
            guardian,
            _ops(REVOKED, last),
            abi.encodeWithSelector(ConsentRegistry.VersionJump.selector, GRANT, last, 0, 1)
        );
        _refuse(
            guardian,
            _ops(PERMIT, 2),
            abi.encodeWithSelector(ConsentRegistry.VersionJump.selector, GRANT, 2, 0, 1)
        );
        _apply(guardian, _ops(PERMIT, 1));
    }

    function test_ADelegationHoldsInItsWindowOnly() public {
        _setDelegate(alice, Delegation(guardian.signerHash, ALL, uint32(NOW + 10), uint32(NOW + 20), 1), "");
        _refuse(guardian, _ops(PERMIT, 1), _unauthorized(guardian, GRANT_RIGHT));
        vm.warp(NOW + 10);
        _apply(guardian, _ops(PERMIT, 1));
        vm.warp(NOW + 20);
        _refuse(guardian, _ops(PERMIT, 2), _unauthorized(guardian, GRANT_RIGHT));
        // What he granted ended with his authority.
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
    }

    function test_ADelegatesPermitDiesWithTheDelegation() public {
        _delegate(GRANT_RIGHT, 1);
        _apply(guardian, _ops(PERMIT, 1));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
        _delegate(GRANT_RIGHT | RESTRICT, 2);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
        _delegate(RESTRICT, 3);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        // A new delegation does not bring it back.
        _delegate(GRANT_RIGHT, 4);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        _apply(guardian, _ops(PERMIT, 2));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
    }

    function test_APermitThatTheControllerTookOverOutlivesTheDelegation() public {
        _delegate(GRANT_RIGHT, 1);
        _apply(guardian, _ops(PERMIT, 1));
        _apply(alice, _ops(PERMIT, 2));
        _delegate(0, 2);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
    }

    function test_ADelegatesDenyStaysUntilRevoked() public {
        _delegate(RESTRICT, 1);
        _apply(guardian, _ops(DENY, 1));
        _delegate(0, 2);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), DENY);
        _apply(alice, _ops(REVOKED, 1));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
    }

    // ------------------------------------------------------------ lock

    function test_ALockStopsPermitsButNotRevocationsAndDenies() public {
        _apply(alice, _ops(PERMIT, 1));
        vm.expectEmit(address(registry));
        emit ConsentRegistry.RevokedAll(alice.subject, 1, true);
        _revokeAll(alice, true);
        _refuse(alice, _ops(PERMIT, 2), abi.encodeWithSelector(ConsentRegistry.Locked.selector, alice.subject));
        _apply(alice, _ops(REVOKED, 1));
        _apply(alice, _ops(DENY, 2));
        _setDelegate(
            alice,
            Delegation(guardian.signerHash, ALL, 0, 0, 1),
            abi.encodeWithSelector(ConsentRegistry.Locked.selector, alice.subject)
        );
    }

    function test_RevokeAllWithoutLockKeepsTheLock() public {
        _revokeAll(alice, true);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.RevokedAll(alice.subject, 2, true);
        _revokeAll(alice, false);
        _refuse(alice, _ops(PERMIT, 1), abi.encodeWithSelector(ConsentRegistry.Locked.selector, alice.subject));
    }

    function test_ARevokeAllCannotBeReplayed() public {
        bytes memory sig = _signRevokeAll(alice, false);
        registry.revokeAllSigned(alice.subject, false, alice.signer, sig);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, alice.signerHash));
        registry.revokeAllSigned(alice.subject, false, alice.signer, sig);
    }

    function test_UnlockingWaits48Hours() public {
        _unlock(alice, abi.encodeWithSelector(ConsentRegistry.NotLocked.selector, alice.subject));
        _revokeAll(alice, true);
        uint64 readyAt = uint64(NOW + 48 hours);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.UnlockRequested(alice.subject, readyAt);
        _unlock(alice, "");
        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NotReady.selector, alice.subject, readyAt));
        registry.finishUnlock(alice.subject);
        vm.warp(readyAt);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.RevokedAll(alice.subject, 1, false);
        registry.finishUnlock(alice.subject);
        _apply(alice, _ops(PERMIT, 1));
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        registry.finishUnlock(alice.subject);
    }

    function test_ADelegateLocksButNeverUnlocks() public {
        _delegate(ALL, 1);
        _revokeAll(guardian, true);
        _unlock(guardian, _unauthorized(guardian, ALL));
    }

    function test_ANewLockEndsAPendingUnlocking() public {
        _revokeAll(alice, true);
        _unlock(alice, "");
        _revokeAll(alice, true);
        vm.warp(NOW + 48 hours);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        registry.finishUnlock(alice.subject);
    }

    function test_AGuardianVetoesAnUnlocking() public {
        _delegate(VETO, 1);
        _revokeAll(alice, true);
        bytes memory sig = _signUnlock(alice);
        registry.unlockSigned(alice.subject, LATER, alice.signer, sig);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Vetoed(alice.subject, guardian.signerHash, 1);
        _veto(guardian, "");
        vm.warp(NOW + 48 hours);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        registry.finishUnlock(alice.subject);
        // The old request cannot be replayed.
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, alice.signerHash));
        registry.unlockSigned(alice.subject, LATER, alice.signer, sig);
    }

    // ------------------------------------------------------------ rotation

    function test_RotationWaits48HoursAndEndsDelegations() public {
        _delegate(GRANT_RIGHT, 1);
        _apply(guardian, _ops(PERMIT, 1));
        _apply(alice, _list(ConsentRegistry.Op(OTHER, COMMITMENT, PERMIT, 0, 0, 1)));
        uint64 readyAt = uint64(NOW + 48 hours);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.RotationRequested(alice.subject, next.signerHash, alice.signerHash, readyAt);
        _rotate(alice, next.signerHash);
        vm.warp(readyAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NotReady.selector, alice.subject, readyAt));
        registry.finishRotation(alice.subject);
        vm.warp(readyAt);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Subject(alice.subject, next.signerHash, 1);
        registry.finishRotation(alice.subject);
        assertEq(_head(alice.subject).controller, uint160(uint256(next.signerHash)));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        assertEq(registry.check(alice.subject, OTHER, COMMITMENT), PERMIT);
        _refuse(alice, _ops(PERMIT, 2), _unauthorized(alice, GRANT_RIGHT));
        _refuse(guardian, _ops(PERMIT, 2), _unauthorized(guardian, GRANT_RIGHT));
        _apply(next, _ops(PERMIT, 2));
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        registry.finishRotation(alice.subject);
    }

    function test_ASignatureOfTheOldKeyEpochIsWorthless() public {
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(next, alice.subject, ops, LATER);
        _rotate(alice, next.signerHash);
        vm.warp(NOW + 48 hours);
        registry.finishRotation(alice.subject);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, next.signerHash));
        registry.applySigned(alice.subject, LATER, ops, next.signer, sig);
    }

    function test_RecoveryByADelegateWaitsAndTheControllerVetoes() public {
        _delegate(RECOVER, 1);
        bytes memory sig = _signRotate(guardian, next.signerHash);
        registry.rotateSigned(alice.subject, next.signerHash, LATER, guardian.signer, sig);
        vm.expectRevert(
            abi.encodeWithSelector(ConsentRegistry.NotReady.selector, alice.subject, NOW + 48 hours)
        );
        registry.finishRotation(alice.subject);
        _veto(alice, "");
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, guardian.signerHash));
        registry.rotateSigned(alice.subject, next.signerHash, LATER, guardian.signer, sig);
        vm.warp(NOW + 48 hours);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        registry.finishRotation(alice.subject);
    }

    function test_NobodyElseRotatesOrVetoes() public {
        _delegate(ALL & ~RECOVER & ~VETO, 1);
        bytes memory sig = _signRotate(guardian, next.signerHash);
        vm.expectRevert(_unauthorized(guardian, RECOVER));
        registry.rotateSigned(alice.subject, next.signerHash, LATER, guardian.signer, sig);
        _veto(alice, abi.encodeWithSelector(ConsentRegistry.NothingPending.selector, alice.subject));
        _rotate(alice, next.signerHash);
        _veto(guardian, _unauthorized(guardian, VETO));
        vm.prank(address(bytes20(stranger.signer)));
        vm.expectRevert(_unauthorized(stranger, VETO));
        registry.veto(alice.subject);
        vm.prank(address(bytes20(alice.signer)));
        registry.veto(alice.subject);
    }

    function test_ARemovedGuardianKeepsHisVetoFor48Hours() public {
        _delegate(VETO, 1);
        _delegate(0, 2);
        _rotate(alice, next.signerHash);
        uint256 before = vm.snapshotState();
        _veto(guardian, "");
        vm.revertToState(before);
        vm.warp(NOW + 48 hours);
        _veto(guardian, _unauthorized(guardian, VETO));
    }

    function test_NobodyRotatesToNoSigner() public {
        bytes32 none = bytes32(uint256(1) << 160);
        bytes memory sig = _signRotate(alice, none);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.ZeroSigner.selector, alice.subject));
        registry.rotateSigned(alice.subject, none, LATER, alice.signer, sig);
        bytes32 subject = registry.subjectOf(none, "salt");
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.ZeroSigner.selector, subject));
        registry.open(none, "salt");
    }

    function test_RefusesOldRequests() public {
        bytes memory sig = _signRotate(alice, next.signerHash);
        vm.warp(uint256(LATER) + 1);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Expired.selector, LATER, uint256(LATER) + 1));
        registry.rotateSigned(alice.subject, next.signerHash, LATER, alice.signer, sig);
    }
}
