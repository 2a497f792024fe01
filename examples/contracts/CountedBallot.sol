// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A vote that is counted by whoever asks
/// @notice A vote only writes down who chose what; nothing is shared by those who vote.
contract CountedBallot {
    /// @notice What each voter chose, plus one; zero for those who have not voted.
    mapping(address voter => uint256 choice) public choiceOf;

    error AlreadyVoted(address voter);

    /// @notice Votes for `choice`.
    function vote(uint256 choice) external {
        if (choiceOf[msg.sender] != 0) revert AlreadyVoted(msg.sender);
        choiceOf[msg.sender] = choice + 1;
    }

    /// @notice How many of `voters` chose `choice`.
    function count(address[] calldata voters, uint256 choice) external view returns (uint256 votes) {
        for (uint256 i = 0; i < voters.length; i++) {
            if (choiceOf[voters[i]] == choice + 1) votes++;
        }
    }
}
