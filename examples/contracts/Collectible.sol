// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A collection of numbered tokens
/// @notice Numbers are given out in order, so every mint waits for the one before.
/// It is not a whole ERC-721: there are no approvals.
contract Collectible {
    /// @notice The number the next mint gets. Every mint reads and writes it.
    uint256 public nextId;

    /// @notice Who owns each token.
    mapping(uint256 id => address owner) public ownerOf;

    /// @notice How many tokens each owner has.
    mapping(address owner => uint256 count) public balanceOf;

    /// @notice How many tokens there will ever be.
    uint256 public immutable maxSupply;

    event Transfer(address indexed from, address indexed to, uint256 indexed id);

    error SoldOut(uint256 maxSupply);
    error NotOwner(address caller, uint256 id);

    constructor(uint256 maxSupply_) {
        maxSupply = maxSupply_;
    }

    /// @notice Gives the next token to the caller.
    function mint() external returns (uint256 id) {
        id = nextId;
        if (id == maxSupply) revert SoldOut(maxSupply);
        nextId = id + 1;
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
