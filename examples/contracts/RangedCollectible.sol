// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A collection in which every minter has a range of numbers
/// @notice A token's number is its minter's address and a count of the minter's own, so mints do not meet.
contract RangedCollectible {
    /// @notice How many tokens each minter has made.
    mapping(address minter => uint96 count) public mintedBy;

    /// @notice Who owns each token.
    mapping(uint256 id => address owner) public ownerOf;

    /// @notice How many tokens each owner has.
    mapping(address owner => uint256 count) public balanceOf;

    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    error NotOwner(address caller, uint256 id);

    /// @notice Gives the next token of the caller's range to the caller.
    function mint() external returns (uint256 id) {
        uint96 count = mintedBy[msg.sender];
        mintedBy[msg.sender] = count + 1;
        id = uint256(uint160(msg.sender)) << 96 | count;
        ownerOf[id] = msg.sender;
        balanceOf[msg.sender] += 1;
        emit Transfer(address(0), msg.sender, id);
    }

    /// @notice Gives token `id`, which the caller owns, to `to`.
    function transfer(address to, uint256 id) external {
        if (ownerOf[id] != msg.sender) revert NotOwner(msg.sender, id);
        ownerOf[id] = to;
        balanceOf[msg.sender] -= 1;
        balanceOf[to] += 1;
        emit Transfer(msg.sender, to, id);
    }
}
