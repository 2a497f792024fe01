// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An airdrop that keeps a running total
/// @notice Every holder has a slot of their own in `claimOf`, but all of them share `claimed`.
contract Airdrop {
    /// @notice What has been claimed by everybody together. Every claim reads and writes it.
    uint256 public claimed;

    /// @notice What each holder has claimed.
    mapping(address holder => uint256 amount) public claimOf;

    /// @notice The most that can be claimed. It is part of the code, not of the storage.
    uint256 public immutable supply;

    event Claimed(address indexed holder, uint256 amount);

    error AlreadyClaimed(address holder);
    error NotEnoughLeft(uint256 asked, uint256 left);

    constructor(uint256 supply_) {
        supply = supply_;
    }

    /// @notice Takes `amount` from the airdrop, once for each holder.
    function claim(uint256 amount) external {
        if (claimOf[msg.sender] != 0) revert AlreadyClaimed(msg.sender);
        uint256 left = supply - claimed;
        if (amount > left) revert NotEnoughLeft(amount, left);

        claimOf[msg.sender] = amount;
        claimed += amount;
        emit Claimed(msg.sender, amount);
    }
}
