// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AnchorRegistry} from "../AnchorRegistry.sol";
import {Assertions} from "./Assertions.sol";

/// @dev Merkle trees by the recursive definitions of RFC 9162 section 2.1, which share nothing with the contract's loop.
abstract contract Trees is Assertions {
    function _leaf(uint256 seed, uint256 index) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"00", seed, index));
    }

    function _split(uint256 count) private pure returns (uint256 k) {
        k = 1;
        while (k * 2 < count) k *= 2;
    }

    /// @dev MTH of leaves [from, to).
    function _root(uint256 seed, uint256 from, uint256 to) internal pure returns (bytes32) {
        if (to - from == 1) return _leaf(seed, from);
        uint256 middle = from + _split(to - from);
        return sha256(abi.encodePacked(hex"01", _root(seed, from, middle), _root(seed, middle, to)));
    }

    function _proof(uint256 seed, uint256 oldSize, uint256 newSize) internal pure returns (bytes32[] memory proof) {
        if (oldSize == 0) return proof;
        bytes memory nodes = _subproof(seed, oldSize, 0, newSize, true);
        proof = new bytes32[](nodes.length / 32);
        for (uint256 i = 0; i < proof.length; ++i) {
            bytes32 node;
            assembly ("memory-safe") {
                node := mload(add(add(nodes, 0x20), mul(i, 0x20)))
            }
            proof[i] = node;
        }
    }

    /// @dev SUBPROOF(m, D[from, to), b).
    function _subproof(
        uint256 seed,
        uint256 m,
        uint256 from,
        uint256 to,
        bool complete
    ) private pure returns (bytes memory) {
        if (m == to - from) return complete ? bytes("") : abi.encodePacked(_root(seed, from, to));
        uint256 k = _split(to - from);
        if (m <= k) {
            return abi.encodePacked(_subproof(seed, m, from, from + k, complete), _root(seed, from + k, to));
        }
        return abi.encodePacked(_subproof(seed, m - k, from + k, to, false), _root(seed, from, from + k));
    }
}

contract AnchorRegistryTest is Trees {
    uint256 private constant OPERATOR_KEY = 0x09e2;
    uint256 private constant OTHER_KEY = 0x07e4;
    bytes32 private constant AUX = "aux";
    address private constant ADMIN = address(0xad);

    AnchorRegistry private registry;
    address private operator;
    bytes32 private logId;

    function setUp() public {
        vm.warp(1_800_000_000);
        registry = new AnchorRegistry();
        operator = vm.addr(OPERATOR_KEY);
        logId = registry.openLog("salt", ADMIN, operator, "vkey");
    }

    function _sign(uint256 key, uint64 size, bytes32 root, bytes32 aux) private returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Proviso AnchorRegistry"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 typeHash = keccak256("Head(bytes32 logId,uint64 size,bytes32 root,bytes32 aux)");
        bytes32 structHash = keccak256(abi.encode(typeHash, logId, size, root, aux));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _anchor(uint64 oldSize, uint64 size) private {
        bytes32 root = _root(1, 0, size);
        bytes memory sig = _sign(OPERATOR_KEY, size, root, AUX);
        registry.anchor(logId, size, root, AUX, _proof(1, oldSize, size), sig);
    }

    function _refuse(uint64 size, bytes32 root, bytes32[] memory proof, bytes memory reason) private {
        bytes memory sig = _sign(OPERATOR_KEY, size, root, AUX);
        vm.expectRevert(reason);
        registry.anchor(logId, size, root, AUX, proof, sig);
    }

    function _badProof(uint64 size, uint64 stored) private view returns (bytes memory) {
        return abi.encodeWithSelector(AnchorRegistry.BadProof.selector, logId, size, stored);
    }

    // ------------------------------------------------------------ logs

    function test_OpensTheLogOfItsKeys() public {
        bytes32 id = keccak256(abi.encode(bytes32("other"), ADMIN, operator, bytes32("vkey")));
        vm.expectEmit(address(registry));
        emit AnchorRegistry.LogOpened(id, ADMIN, operator, "vkey");
        assertEq(registry.openLog("other", ADMIN, operator, "vkey"), id);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.LogAlreadyOpen.selector, id));
        registry.openLog("other", ADMIN, operator, "vkey");
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.InvalidOperator.selector, address(0)));
        registry.openLog("other", ADMIN, address(0), "vkey");
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.InvalidOperator.selector, operator));
        registry.openLog("other", address(0), operator, "vkey");
    }

    function test_AnchorsOneHeadAfterTheOther() public {
        vm.expectEmit(address(registry));
        emit AnchorRegistry.Anchored(logId, 1, 3, _root(1, 0, 3), AUX, 0, 0);
        _anchor(0, 3);
        vm.expectEmit(address(registry));
        emit AnchorRegistry.Anchored(logId, 2, 7, _root(1, 0, 7), AUX, _root(1, 0, 3), 3);
        _anchor(3, 7);
        AnchorRegistry.Log memory log = registry.head(logId);
        assertEq(log.size, 7);
        assertEq(log.root, _root(1, 0, 7));
        assertEq(log.seq, 2);
        assertEq(log.time, 1_800_000_000);
    }

    function test_TheOperatorNeedsNoSignature() public {
        (bytes32 first, bytes32 second) = (_root(1, 0, 3), _root(1, 0, 4));
        bytes32[] memory proof = _proof(1, 3, 4);
        vm.prank(operator);
        registry.anchor(logId, 3, first, AUX, new bytes32[](0), "");
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.NotOperator.selector, logId, ADMIN));
        registry.anchor(logId, 4, second, AUX, proof, "");
    }

    function test_RefusesOtherSignersAndTamperedHeads() public {
        bytes32 root = _root(1, 0, 3);
        bytes memory sig = _sign(OTHER_KEY, 3, root, AUX);
        vm.expectRevert(
            abi.encodeWithSelector(AnchorRegistry.NotOperator.selector, logId, vm.addr(OTHER_KEY))
        );
        registry.anchor(logId, 3, root, AUX, new bytes32[](0), sig);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.NotOperator.selector, logId, address(0)));
        registry.anchor(logId, 3, root, AUX, new bytes32[](0), hex"00");
        bytes32 other = keccak256("no log");
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.LogNotOpen.selector, other));
        registry.anchor(other, 3, root, AUX, new bytes32[](0), sig);
    }

    function testFuzz_ASignatureBindsTheHead(bytes32 root, bytes32 aux, uint64 size) public {
        vm.assume(size > 0 && (root != _root(1, 0, 3) || aux != AUX || size != 3));
        bytes memory sig = _sign(OPERATOR_KEY, 3, _root(1, 0, 3), AUX);
        (bool done, bytes memory reason) = address(registry).call(
            abi.encodeCall(registry.anchor, (logId, size, root, aux, new bytes32[](0), sig))
        );
        assertTrue(!done, "another head was taken");
        assertEq(bytes32(bytes4(reason)), bytes32(AnchorRegistry.NotOperator.selector));
    }

    function test_RefusesAHeadThatIsNotLarger() public {
        _anchor(0, 5);
        bytes32[] memory none = new bytes32[](0);
        _refuse(5, _root(1, 0, 5), none, abi.encodeWithSelector(AnchorRegistry.BadSize.selector, logId, 5, 5));
        _refuse(4, _root(1, 0, 4), none, abi.encodeWithSelector(AnchorRegistry.BadSize.selector, logId, 4, 5));
        _refuse(0, 0, none, abi.encodeWithSelector(AnchorRegistry.BadSize.selector, logId, 0, 5));
    }

    function test_TheFirstHeadTakesNoProof() public {
        _refuse(3, _root(1, 0, 3), new bytes32[](1), _badProof(3, 0));
    }

    // ------------------------------------------------------------ proofs

    function testFuzz_TakesEveryTrueProof(uint8 a, uint8 b) public {
        uint64 oldSize = uint64(bound(a, 1, 96));
        uint64 size = uint64(bound(b, oldSize + 1, 97));
        _anchor(0, oldSize);
        _anchor(oldSize, size);
        assertEq(registry.head(logId).root, _root(1, 0, size));
    }

    function testFuzz_RefusesAnotherRoot(uint8 a, uint8 b, bytes32 root) public {
        uint64 oldSize = uint64(bound(a, 1, 96));
        uint64 size = uint64(bound(b, oldSize + 1, 97));
        vm.assume(root != _root(1, 0, size));
        _anchor(0, oldSize);
        _refuse(size, root, _proof(1, oldSize, size), _badProof(size, oldSize));
    }

    /// @dev A whole other history with its own true proof: only the old root tells.
    function testFuzz_RefusesAnotherHistory(uint8 a, uint8 b) public {
        uint64 oldSize = uint64(bound(a, 1, 96));
        uint64 size = uint64(bound(b, oldSize + 1, 97));
        _anchor(0, oldSize);
        _refuse(size, _root(2, 0, size), _proof(2, oldSize, size), _badProof(size, oldSize));
    }

    /// @dev The new root that the proof gives when the old root is not looked at: what an attacker would choose.
    function test_RefusesARootChosenForATamperedProof() public {
        _anchor(0, 3);
        bytes32[] memory proof = _proof(1, 3, 4);
        proof[0] = keccak256("another third leaf");
        bytes32 root = sha256(
            abi.encodePacked(hex"01", proof[2], sha256(abi.encodePacked(hex"01", proof[0], proof[1])))
        );
        _refuse(4, root, proof, _badProof(4, 3));
    }

    function testFuzz_RefusesAFlippedProof(uint8 a, uint8 b, uint8 at, uint8 bit) public {
        uint64 oldSize = uint64(bound(a, 1, 96));
        uint64 size = uint64(bound(b, oldSize + 1, 97));
        bytes32[] memory proof = _proof(1, oldSize, size);
        uint256 index = at % proof.length;
        proof[index] ^= bytes32(uint256(1) << bit);
        _anchor(0, oldSize);
        _refuse(size, _root(1, 0, size), proof, _badProof(size, oldSize));
    }

    function testFuzz_RefusesALongerAndAShorterProof(uint8 a, uint8 b, bytes32 extra) public {
        uint64 oldSize = uint64(bound(a, 1, 96));
        uint64 size = uint64(bound(b, oldSize + 1, 97));
        bytes32[] memory proof = _proof(1, oldSize, size);
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
        longer[proof.length] = extra;
        bytes32[] memory shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = proof[i];
        _anchor(0, oldSize);
        _refuse(size, _root(1, 0, size), longer, _badProof(size, oldSize));
        _refuse(size, _root(1, 0, size), shorter, _badProof(size, oldSize));
    }

    /// @dev A proof of a smaller tree, offered for a larger size: only its length tells.
    function test_RefusesAProofForAnotherSize() public {
        _anchor(0, 2);
        _refuse(8, _root(1, 0, 4), _proof(1, 2, 4), _badProof(8, 2));
        _refuse(3, _root(1, 0, 8), _proof(1, 2, 8), _badProof(3, 2));
    }

    // ------------------------------------------------------------ forks

    function test_AForkFreezesTheLog() public {
        _anchor(0, 3);
        (bytes32 a, bytes32 b) = (_root(1, 0, 9), _root(2, 0, 9));
        bytes memory sigA = _sign(OPERATOR_KEY, 9, a, AUX);
        bytes memory sigB = _sign(OPERATOR_KEY, 9, b, 0);
        vm.expectEmit(address(registry));
        emit AnchorRegistry.Forked(logId, 9, a, b);
        registry.reportFork(logId, 9, a, AUX, sigA, b, 0, sigB);
        bytes memory frozen = abi.encodeWithSelector(AnchorRegistry.LogFrozen.selector, logId);
        _refuse(4, _root(1, 0, 4), _proof(1, 3, 4), frozen);
        vm.expectRevert(frozen);
        registry.reportFork(logId, 9, a, AUX, sigA, b, 0, sigB);
        vm.prank(ADMIN);
        vm.expectRevert(frozen);
        registry.rotate(logId, operator, "vkey", 100);
        assertEq(registry.head(logId).size, 3);
    }

    function test_AForkNeedsTwoRootsByTheOperator() public {
        (bytes32 a, bytes32 b) = (_root(1, 0, 9), _root(2, 0, 9));
        bytes memory sigA = _sign(OPERATOR_KEY, 9, a, AUX);
        bytes memory sigB = _sign(OPERATOR_KEY, 9, b, AUX);
        bytes memory sigC = _sign(OTHER_KEY, 9, b, AUX);
        bytes memory other = abi.encodeWithSelector(
            AnchorRegistry.NotOperator.selector,
            logId,
            vm.addr(OTHER_KEY)
        );
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.NoFork.selector, logId, a));
        registry.reportFork(logId, 9, a, AUX, sigA, a, AUX, sigA);
        vm.expectRevert(other);
        registry.reportFork(logId, 9, a, AUX, sigA, b, AUX, sigC);
        vm.expectRevert(other);
        registry.reportFork(logId, 9, b, AUX, sigC, a, AUX, sigA);
        registry.reportFork(logId, 9, a, AUX, sigA, b, AUX, sigB);
    }

    // ------------------------------------------------------------ rotation

    function test_AKeySignsTheSizesOfItsEpoch() public {
        _anchor(0, 3);
        address next = vm.addr(OTHER_KEY);
        vm.expectEmit(address(registry));
        emit AnchorRegistry.Rotated(logId, 1, next, "new vkey", 10);
        vm.prank(ADMIN);
        registry.rotate(logId, next, "new vkey", 10);
        _anchor(3, 9);
        _refuse(
            10,
            _root(1, 0, 10),
            _proof(1, 9, 10),
            abi.encodeWithSelector(AnchorRegistry.NotOperator.selector, logId, operator)
        );
        bytes memory sig = _sign(OTHER_KEY, 10, _root(1, 0, 10), AUX);
        registry.anchor(logId, 10, _root(1, 0, 10), AUX, _proof(1, 9, 10), sig);
        // A fork of an old size is still judged by the old key.
        (bytes32 a, bytes32 b) = (_root(1, 0, 9), _root(2, 0, 9));
        bytes memory sigA = _sign(OPERATOR_KEY, 9, a, AUX);
        registry.reportFork(logId, 9, a, AUX, sigA, b, AUX, _sign(OPERATOR_KEY, 9, b, AUX));
    }

    function test_ARotationThatHasNotBegunIsReplaced() public {
        _anchor(0, 3);
        address next = vm.addr(OTHER_KEY);
        vm.prank(ADMIN);
        registry.rotate(logId, address(0xdead), "lost", 1_000);
        vm.prank(ADMIN);
        registry.rotate(logId, next, "new vkey", 4);
        AnchorRegistry.Log memory log = registry.head(logId);
        assertEq(log.keyEpoch, 1);
        assertEq(log.fromSize, 4);
        bytes memory sig = _sign(OTHER_KEY, 5, _root(1, 0, 5), AUX);
        registry.anchor(logId, 5, _root(1, 0, 5), AUX, _proof(1, 3, 5), sig);
    }

    function test_OnlyTheAdminRotatesAndOnlyForwards() public {
        _anchor(0, 3);
        vm.prank(operator);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.NotAdmin.selector, logId, operator));
        registry.rotate(logId, operator, "vkey", 10);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.BadFromSize.selector, logId, 3, 3));
        registry.rotate(logId, operator, "vkey", 3);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.InvalidOperator.selector, address(0)));
        registry.rotate(logId, address(0), "vkey", 4);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(AnchorRegistry.LogNotOpen.selector, bytes32("none")));
        registry.rotate("none", operator, "vkey", 4);
    }
}
