// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsentRegistry} from "../ConsentRegistry.sol";
import {ConsentTest} from "./ConsentFixture.sol";

/// @dev Opening, ops and their rules, views.
contract ConsentGrantsTest is ConsentTest {
    // ------------------------------------------------------------ opening

    function test_OpensTheSubjectOfASigner() public {
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Subject(alice.subject, alice.signerHash, 0);
        assertEq(registry.open(alice.signerHash, alice.salt), alice.subject);
        assertEq(_head(alice.subject).controller, uint160(uint256(alice.signerHash)));
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.AlreadyOpen.selector, alice.subject));
        registry.open(alice.signerHash, alice.salt);
    }

    function test_OpensAndAppliesInOne() public {
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(alice, alice.subject, ops, LATER);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Subject(alice.subject, alice.signerHash, 0);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Consent(alice.subject, GRANT, _word(ops[0], 0), COMMITMENT, alice.signerHash);
        registry.openAndApply(alice.salt, LATER, ops, alice.signer, sig);
        assertEq(_stored(alice.subject, GRANT), _word(ops[0], 0));
        ops = _ops(PERMIT, 2);
        registry.openAndApply(alice.salt, LATER, ops, alice.signer, _signOps(alice, alice.subject, ops, LATER));
        assertEq(_stored(alice.subject, GRANT), _word(ops[0], 0));
    }

    function test_RefusesWhatIsNotOpen() public {
        _refuse(alice, _ops(PERMIT, 1), abi.encodeWithSelector(ConsentRegistry.NotOpen.selector, alice.subject));
    }

    function test_NobodyOpensWithAnothersSignature() public {
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(stranger, alice.subject, ops, LATER);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, alice.signerHash));
        registry.openAndApply(alice.salt, LATER, ops, alice.signer, sig);
    }

    // ------------------------------------------------------------ ops

    function test_TheControllerGrantsDirectly() public {
        _openAlice();
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Consent(alice.subject, GRANT, _word(ops[0], 0), COMMITMENT, alice.signerHash);
        vm.prank(address(bytes20(alice.signer)));
        registry.applyOps(alice.subject, ops);
        vm.prank(address(bytes20(stranger.signer)));
        vm.expectRevert(_unauthorized(stranger, 1));
        registry.applyOps(alice.subject, _ops(PERMIT, 2));
    }

    function test_RefusesEmptyAndOversizedBatches() public {
        _openAlice();
        _refuse(alice, new ConsentRegistry.Op[](0), abi.encodeWithSelector(ConsentRegistry.NoOps.selector));
        _refuse(alice, _batch(65), abi.encodeWithSelector(ConsentRegistry.TooManyOps.selector, 65));
        _apply(alice, _batch(64));
    }

    function _batch(uint256 count) private pure returns (ConsentRegistry.Op[] memory ops) {
        ops = new ConsentRegistry.Op[](count);
        for (uint256 i = 0; i < count; ++i) {
            ops[i] = ConsentRegistry.Op(bytes32(i + 1), COMMITMENT, PERMIT, 0, 0, 1);
        }
    }

    function test_RefusesUnknownKindsAndEmptyWindows() public {
        _openAlice();
        _refuse(alice, _ops(0, 1), abi.encodeWithSelector(ConsentRegistry.InvalidKind.selector, GRANT, 0));
        _refuse(alice, _ops(4, 1), abi.encodeWithSelector(ConsentRegistry.InvalidKind.selector, GRANT, 4));
        ConsentRegistry.Op memory op = _op(PERMIT, 1);
        (op.from, op.to) = (20, 20);
        _refuse(alice, _list(op), abi.encodeWithSelector(ConsentRegistry.InvalidWindow.selector, 20, 20));
    }

    function test_APermitDoesNotRevive() public {
        _openAlice();
        ConsentRegistry.Op[] memory permit = _ops(PERMIT, 1);
        bytes memory sig = _signOps(alice, alice.subject, permit, LATER);
        registry.applySigned(alice.subject, LATER, permit, alice.signer, sig);
        _apply(alice, _ops(REVOKED, 1));
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Stale.selector, GRANT, 1, 1));
        registry.applySigned(alice.subject, LATER, permit, alice.signer, sig);
    }

    function test_APermitHeldBackDoesNotOutliveARevocationOfItsId() public {
        _openAlice();
        ConsentRegistry.Op[] memory permit = _ops(PERMIT, 7);
        bytes memory sig = _signOps(alice, alice.subject, permit, LATER);
        _apply(alice, _ops(REVOKED, 7));
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Stale.selector, GRANT, 7, 7));
        registry.applySigned(alice.subject, LATER, permit, alice.signer, sig);
    }

    function test_TheControllerRaisesAVersionByAtMost256() public {
        _openAlice();
        _refuse(
            alice,
            _ops(PERMIT, 257),
            abi.encodeWithSelector(ConsentRegistry.VersionJump.selector, GRANT, 257, 0, 256)
        );
        _refuse(
            alice,
            _ops(REVOKED, 257),
            abi.encodeWithSelector(ConsentRegistry.VersionJump.selector, GRANT, 257, 0, 256)
        );
        _apply(alice, _ops(PERMIT, 256));
        _apply(alice, _ops(DENY, 512));
        _refuse(alice, _ops(DENY, 512), abi.encodeWithSelector(ConsentRegistry.Stale.selector, GRANT, 512, 512));
    }

    function test_AStaleRevocationInABatchIsLeftOut() public {
        _openAlice();
        _apply(alice, _ops(PERMIT, 5));
        ConsentRegistry.Op[] memory ops = new ConsentRegistry.Op[](2);
        ops[0] = _op(REVOKED, 4);
        ops[1] = ConsentRegistry.Op(OTHER, COMMITMENT, PERMIT, 0, 0, 1);
        bytes memory sig = _signOps(alice, alice.subject, ops, LATER);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.StaleRevoke(alice.subject, GRANT, 4, 5);
        vm.expectEmit(address(registry));
        emit ConsentRegistry.Consent(alice.subject, OTHER, _word(ops[1], 0), COMMITMENT, alice.signerHash);
        registry.applySigned(alice.subject, LATER, ops, alice.signer, sig);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
        _apply(alice, _ops(REVOKED, 5));
        vm.expectEmit(address(registry));
        emit ConsentRegistry.StaleRevoke(alice.subject, GRANT, 5, 5);
        _apply(alice, _ops(REVOKED, 5));
    }

    // ------------------------------------------------------------ signatures

    function test_OnlyRevocationsNeedNoDeadline() public {
        _openAlice();
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(alice, alice.subject, ops, 0);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Expired.selector, 0, NOW));
        registry.applySigned(alice.subject, 0, ops, alice.signer, sig);
        ops = _ops(DENY, 1);
        sig = _signOps(alice, alice.subject, ops, 0);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Expired.selector, 0, NOW));
        registry.applySigned(alice.subject, 0, ops, alice.signer, sig);
        ops = _ops(REVOKED, 1);
        registry.applySigned(alice.subject, 0, ops, alice.signer, _signOps(alice, alice.subject, ops, 0));
    }

    function test_RefusesAfterTheDeadline() public {
        _openAlice();
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        uint64 deadline = uint64(NOW);
        bytes memory sig = _signOps(alice, alice.subject, ops, deadline);
        vm.warp(NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.Expired.selector, deadline, NOW + 1));
        registry.applySigned(alice.subject, deadline, ops, alice.signer, sig);
        vm.warp(NOW);
        registry.applySigned(alice.subject, deadline, ops, alice.signer, sig);
    }

    function testFuzz_ASignatureBindsWhatItSigns(uint8 which) public {
        _openAlice();
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(alice, alice.subject, ops, LATER);
        uint64 deadline = LATER;
        which = uint8(bound(which, 0, 8));
        if (which == 0) ops[0].grantId = OTHER;
        if (which == 1) ops[0].commitment = OTHER;
        if (which == 2) ops[0].kind = DENY;
        if (which == 3) ops[0].from = 1;
        if (which == 4) ops[0].to = 1;
        if (which == 5) ops[0].version = 2;
        if (which == 6) deadline += 1;
        if (which == 7) vm.chainId(99);
        if (which == 8) _revokeAll(alice, false);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, alice.signerHash));
        registry.applySigned(alice.subject, deadline, ops, alice.signer, sig);
    }

    function test_ASignatureIsForOneSubject() public {
        _openAlice();
        bytes32 second = registry.open(alice.signerHash, OTHER);
        ConsentRegistry.Op[] memory ops = _ops(PERMIT, 1);
        bytes memory sig = _signOps(alice, alice.subject, ops, LATER);
        vm.expectRevert(abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, alice.signerHash));
        registry.applySigned(second, LATER, ops, alice.signer, sig);
    }

    function test_AStrangersSignatureIsHisOwn() public {
        _openAlice();
        _refuse(stranger, _ops(PERMIT, 1), _unauthorized(stranger, 1));
        _refuse(stranger, _ops(REVOKED, 1), _unauthorized(stranger, 2));
    }

    // ------------------------------------------------------------ views

    function test_CheckKnowsKindCommitmentAndWindow() public {
        _openAlice();
        ConsentRegistry.Op memory op = _op(PERMIT, 1);
        (op.from, op.to) = (uint32(NOW + 10), uint32(NOW + 20));
        _apply(alice, _list(op));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        vm.warp(NOW + 10);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
        assertEq(registry.check(alice.subject, GRANT, bytes32(uint256(COMMITMENT) ^ 1)), 0);
        vm.warp(NOW + 19);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
        vm.warp(NOW + 20);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        _apply(alice, _ops(DENY, 2));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), DENY);
    }

    function test_RevokeAllEndsPermitsAndKeepsDenies() public {
        _openAlice();
        _apply(alice, _ops(PERMIT, 1));
        _apply(alice, _list(ConsentRegistry.Op(OTHER, COMMITMENT, DENY, 0, 0, 1)));
        vm.expectEmit(address(registry));
        emit ConsentRegistry.RevokedAll(alice.subject, 1, false);
        _revokeAll(alice, false);
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), 0);
        assertEq(registry.check(alice.subject, OTHER, COMMITMENT), DENY);
        _apply(alice, _ops(PERMIT, 2));
        assertEq(registry.check(alice.subject, GRANT, COMMITMENT), PERMIT);
    }

    function _terms() private pure returns (ConsentRegistry.Terms memory) {
        return ConsentRegistry.Terms("list", "grantee", 1 << 200, 1 << 63, "consent", "salt");
    }

    function _grantTerms(ConsentRegistry.Terms memory terms) private {
        ConsentRegistry.Op memory op = _op(PERMIT, 1);
        op.commitment = keccak256(abi.encode(terms));
        op.to = uint32(NOW + 100);
        _apply(alice, _list(op));
    }

    function test_TermsInForceJudgesEveryMember() public {
        _openAlice();
        ConsentRegistry.Terms memory terms = _terms();
        _grantTerms(terms);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, 0), 1);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "other", 200, 63, 0), 0);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 199, 63, 0), 0);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 62, 0), 0);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 64, 0), 0);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 255, 0), 0);
        assertEq(registry.termsInForce(alice.subject, OTHER, terms, "grantee", 200, 63, 0), 0);
        terms.salt = "another";
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, 0), 0);
    }

    function test_TermsInForceJudgesTheLaterOfBlockTimeAndAt() public {
        _openAlice();
        ConsentRegistry.Terms memory terms = _terms();
        _grantTerms(terms);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, uint64(NOW + 99)), 1);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, uint64(NOW + 100)), 0);
        vm.warp(NOW + 100);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, uint64(NOW)), 0);
    }

    function test_TermsInForceIsUndeterminedWhileDeniesExist() public {
        _openAlice();
        ConsentRegistry.Terms memory terms = _terms();
        _grantTerms(terms);
        _apply(alice, _list(ConsentRegistry.Op(OTHER, COMMITMENT, DENY, 0, 0, 1)));
        assertEq(_head(alice.subject).denies, 1);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, 0), 2);
        _apply(alice, _list(ConsentRegistry.Op(OTHER, COMMITMENT, DENY, 0, 0, 2)));
        assertEq(_head(alice.subject).denies, 1);
        _apply(alice, _list(ConsentRegistry.Op(OTHER, COMMITMENT, REVOKED, 0, 0, 2)));
        assertEq(_head(alice.subject).denies, 0);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, 0), 1);
    }

    function test_ARevokeAllEndsTermsInForce() public {
        _openAlice();
        ConsentRegistry.Terms memory terms = _terms();
        _grantTerms(terms);
        _revokeAll(alice, false);
        assertEq(registry.termsInForce(alice.subject, GRANT, terms, "grantee", 200, 63, 0), 0);
    }

    function testFuzz_AWordHoldsWhatWasSigned(
        bytes32 commitment,
        uint32 from,
        uint32 to,
        uint24 version,
        bool deny
    ) public {
        vm.assume(to == 0 || to > from);
        version = uint24(bound(version, 1, 256));
        _openAlice();
        ConsentRegistry.Op memory op = ConsentRegistry.Op(GRANT, commitment, deny ? DENY : PERMIT, from, to, version);
        _apply(alice, _list(op));
        assertEq(_stored(alice.subject, GRANT), _word(op, 0));
        bool open = from <= NOW && (to == 0 || NOW < to);
        assertEq(registry.check(alice.subject, GRANT, commitment), open ? op.kind : 0);
    }
}
