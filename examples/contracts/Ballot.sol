// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A vote that is counted while it goes on
contract Ballot {
    /// @notice Votes for each choice. All who choose the same write the same slot.
    mapping(uint256 choice => uint256 votes) public tally;

    /// @notice Who has voted.
    mapping(address voter => bool voted) public voted;

    error AlreadyVoted(address voter);

    /// @notice Votes for `choice`.
    function vote(uint256 choice) external {
        if (voted[msg.sender]) revert AlreadyVoted(msg.sender);
        voted[msg.sender] = true;
        tally[choice] += 1;
    }
}
