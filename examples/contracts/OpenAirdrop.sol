// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An airdrop without a running total
/// @notice Every holder has a slot of their own; whoever wants the total adds up the `Claimed` events.
contract OpenAirdrop {
    /// @notice What each holder has claimed.
    mapping(address holder => uint256 amount) public claimOf;

    /// @notice The most that one holder can claim. It is part of the code, not of the storage.
    uint256 public immutable share;

    event Claimed(address indexed holder, uint256 amount);

    error AlreadyClaimed(address holder);
    error TooMuch(uint256 asked, uint256 share);

    constructor(uint256 share_) {
        share = share_;
    }

    /// @notice Takes `amount` from the airdrop, once for each holder.
    function claim(uint256 amount) external {
        if (claimOf[msg.sender] != 0) revert AlreadyClaimed(msg.sender);
        if (amount > share) revert TooMuch(amount, share);
        claimOf[msg.sender] = amount;
        emit Claimed(msg.sender, amount);
    }
}
