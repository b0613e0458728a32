// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {ConsentRegistry} from "../ConsentRegistry.sol";
import {ConsentTest} from "./ConsentFixture.sol";

/// @dev An ERC-1271 wallet that accepts what one key signed.
contract Wallet {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata sig) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = (bytes32(sig[:32]), bytes32(sig[32:64]), uint8(sig[64]));
        return ecrecover(digest, v, r, s) == _owner ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @dev A verifier that accepts everything: what a signer must never be able to name.
contract Yes {
    function verify(bytes calldata, bytes32, bytes calldata) external pure returns (bytes4) {
        return this.verify.selector;
    }
}

/// @dev The kinds of signers.
contract ConsentSignersTest is ConsentTest {
    uint256 private constant P256_KEY = 0xbeef;
    uint256 private constant P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    function _subjectOf(bytes memory signer) private pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(signer), bytes32("salt")));
    }

    function _key() private returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(P256_KEY);
        return abi.encodePacked(x, y);
    }

    function _p256(bytes32 digest) private returns (bytes32 r, bytes32 s) {
        (r, s) = vm.signP256(P256_KEY, digest);
        if (uint256(s) > P256_ORDER / 2) s = bytes32(P256_ORDER - uint256(s));
    }

    function _openWith(bytes memory signer, bytes memory sig, bytes memory reason) private {
        if (reason.length > 0) vm.expectRevert(reason);
        registry.openAndApply("salt", LATER, _ops(PERMIT, 1), signer, sig);
        if (reason.length > 0) return;
        assertEq(registry.check(_subjectOf(signer), GRANT, COMMITMENT), PERMIT);
    }

    function _invalid(bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ConsentRegistry.InvalidSignature.selector, keccak256(signer));
    }

    function test_AWalletContractSigns() public {
        bytes memory signer = abi.encodePacked(address(new Wallet(address(bytes20(alice.signer)))));
        bytes32 digest = _opsDigest(_subjectOf(signer), _ops(PERMIT, 1), LATER);
        _openWith(signer, _sign(stranger, digest), _invalid(signer));
        _openWith(signer, _sign(alice, digest), "");
    }

    function test_AP256KeySigns() public {
        bytes memory signer = abi.encodePacked(registry.p256Verifier(), _key());
        bytes32 digest = _opsDigest(_subjectOf(signer), _ops(PERMIT, 1), LATER);
        (bytes32 r, bytes32 s) = _p256(digest);
        _openWith(signer, abi.encodePacked(r, P256_ORDER - uint256(s)), _invalid(signer));
        _openWith(signer, abi.encodePacked(r, uint256(s) ^ 1), _invalid(signer));
        _openWith(signer, "", _invalid(signer));
        _openWith(signer, abi.encodePacked(r, s), "");
    }

    function _assertion(bytes32 challenge, string memory kind, bytes1 flags) private returns (bytes memory) {
        string memory client = string.concat(
            '{"type":"',
            kind,
            '","challenge":"',
            Base64.encodeURL(abi.encodePacked(challenge)),
            '","origin":"https://proviso.example"}'
        );
        bytes memory data = abi.encodePacked(sha256("proviso.example"), flags, uint32(0));
        (bytes32 r, bytes32 s) = _p256(sha256(abi.encodePacked(data, sha256(bytes(client)))));
        return abi.encode(r, s, uint256(23), uint256(1), data, client);
    }

    function test_APasskeySigns() public {
        bytes memory signer = abi.encodePacked(registry.webAuthnVerifier(), _key());
        bytes32 digest = _opsDigest(_subjectOf(signer), _ops(PERMIT, 1), LATER);
        bytes32 other = _opsDigest(_subjectOf(signer), _ops(PERMIT, 2), LATER);
        _openWith(signer, _assertion(other, "webauthn.get", 0x05), _invalid(signer));
        _openWith(signer, _assertion(digest, "webauthn.new", 0x05), _invalid(signer));
        _openWith(signer, _assertion(digest, "webauthn.get", 0x01), _invalid(signer));
        _openWith(signer, hex"00", _invalid(signer));
        _openWith(signer, _assertion(digest, "webauthn.get", 0x05), "");
    }

    function test_NoOtherVerifierIsCalled() public {
        address yes = address(new Yes());
        bytes memory signer = abi.encodePacked(yes, _key());
        _openWith(signer, "", abi.encodeWithSelector(ConsentRegistry.UnknownVerifier.selector, yes));
    }

    function test_ASignerHas20Or84Bytes() public {
        bytes memory short = abi.encodePacked(registry.p256Verifier(), uint256(1));
        _openWith(short, "", abi.encodeWithSelector(ConsentRegistry.InvalidSigner.selector, 52));
        _openWith("", "", abi.encodeWithSelector(ConsentRegistry.InvalidSigner.selector, 0));
    }
}
