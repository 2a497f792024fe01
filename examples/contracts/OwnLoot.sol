// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Chests whose content comes from the block and the player
/// @notice Each player has dice of their own, stirred with the randomness that the block brings.
contract OwnLoot {
    /// @notice How many chests each player has opened.
    mapping(address player => uint256 count) public opened;

    /// @notice What each player has found.
    mapping(address player => uint256 gold) public goldOf;

    event Opened(address indexed player, uint256 gold);

    /// @notice Opens a chest.
    function open() external {
        uint256 count = opened[msg.sender]++;
        uint256 gold = uint256(keccak256(abi.encode(block.prevrandao, msg.sender, count))) % 100;
        goldOf[msg.sender] += gold;
        emit Opened(msg.sender, gold);
    }
}
