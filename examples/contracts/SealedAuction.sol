// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An auction in which bids are sealed until everybody has made theirs
/// @notice While it is open, a bid touches only slots of its bidder; the comparison comes later, once.
contract SealedAuction {
    /// @notice What each bidder has paid in, the most a bid can be.
    mapping(address bidder => uint256 amount) public depositOf;

    /// @notice Hash of each bidder's amount and secret.
    mapping(address bidder => bytes32 hash) public sealOf;

    event Sealed(address indexed bidder, bytes32 hash);

    error AlreadySealed(address bidder);
    error NoDeposit(address bidder);

    /// @notice Puts in what is sent.
    function fund() external payable {
        depositOf[msg.sender] += msg.value;
    }

    /// @notice Makes a bid that nobody can read yet.
    function bid(bytes32 hash) external {
        if (depositOf[msg.sender] == 0) revert NoDeposit(msg.sender);
        if (sealOf[msg.sender] != 0) revert AlreadySealed(msg.sender);
        sealOf[msg.sender] = hash;
        emit Sealed(msg.sender, hash);
    }
}
