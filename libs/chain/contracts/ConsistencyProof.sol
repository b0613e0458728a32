// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/**
 * @title ConsistencyProof
 * @dev Verification of a consistency proof between two Merkle tree heads, as RFC 9162 section 2.1.4.2 has it, with SHA-256.
 */
library ConsistencyProof {
    /**
     * @dev Whether `proof` shows that the tree of `oldSize` leaves with `oldRoot` is a prefix of the tree of `newSize`
     * leaves with `newRoot`. Every tree extends the empty one, with an empty proof.
     *
     * Requirements:
     *
     * - `oldSize` must be below `newSize`; equal sizes are not a proof, and give false.
     */
    function verify(
        uint256 oldSize,
        bytes32 oldRoot,
        uint256 newSize,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize >= newSize) return false;
        if (oldSize == 0) return proof.length == 0;
        if (proof.length == 0) return false;
        (bytes32 oldHash, bytes32 newHash, uint256 rest) = _fold(oldSize, oldRoot, newSize, proof);
        return rest == 0 && oldHash == oldRoot && newHash == newRoot;
    }

    /// @dev Steps 2 to 6 of the algorithm; `rest` is sn at the end, or not 0 where the proof was too long.
    /// Nothing here can overflow: sizes are above 0, and `next` counts what is in calldata.
    function _fold(
        uint256 oldSize,
        bytes32 oldRoot,
        uint256 newSize,
        bytes32[] calldata proof
    ) private view returns (bytes32 oldHash, bytes32 newHash, uint256 rest) {
        unchecked {
            uint256 fn = oldSize - 1;
            uint256 sn = newSize - 1;
            while (fn & 1 == 1) {
                fn >>= 1;
                sn >>= 1;
            }
            bool isPowerOfTwo = oldSize & (oldSize - 1) == 0;
            uint256 next = isPowerOfTwo ? 0 : 1;
            oldHash = isPowerOfTwo ? oldRoot : proof[0];
            newHash = oldHash;
            for (uint256 length = proof.length; next < length; ++next) {
                if (sn == 0) return (0, 0, 1);
                bytes32 node = _at(proof, next);
                if (fn & 1 == 1 || fn == sn) {
                    oldHash = _node(node, oldHash);
                    newHash = _node(node, newHash);
                    while (fn & 1 == 0 && fn != 0) {
                        fn >>= 1;
                        sn >>= 1;
                    }
                } else {
                    newHash = _node(newHash, node);
                }
                fn >>= 1;
                sn >>= 1;
            }
            rest = sn;
        }
    }

    /// @dev An element of the proof; the caller knows that it is there.
    function _at(bytes32[] calldata proof, uint256 index) private pure returns (bytes32 node) {
        assembly ("memory-safe") {
            node := calldataload(add(proof.offset, shl(5, index)))
        }
    }

    /// @dev SHA-256(0x01 || left || right). A failing precompile gives 0, which is the hash of nothing.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let ptr := mload(0x40)
            mstore8(ptr, 1)
            mstore(add(ptr, 0x01), left)
            mstore(add(ptr, 0x21), right)
            if staticcall(gas(), 0x02, ptr, 0x41, 0x00, 0x20) {
                hash := mload(0x00)
            }
        }
    }
}
