// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Chests whose content comes from one seed for everybody
/// @notice Each draw stirs the seed, so what a player finds depends on all who drew before.
contract SeededLoot {
    /// @notice The state of the dice. Every chest reads and writes it.
    bytes32 public seed = keccak256("chests");

    /// @notice What each player has found.
    mapping(address player => uint256 gold) public goldOf;

    event Opened(address indexed player, uint256 gold);

    /// @notice Opens a chest.
    function open() external {
        seed = keccak256(abi.encode(seed, msg.sender));
        uint256 gold = uint256(seed) % 100;
        goldOf[msg.sender] += gold;
        emit Opened(msg.sender, gold);
    }
}
