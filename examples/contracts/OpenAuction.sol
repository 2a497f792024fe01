// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title An auction in which every bid must beat the one before
contract OpenAuction {
    /// @notice The best bid so far. Every bid reads it, and each better one writes it.
    uint256 public highestBid;

    /// @notice Who made it.
    address public highestBidder;

    /// @notice What those who were outbid can take back.
    mapping(address bidder => uint256 amount) public refundOf;

    event Bid(address indexed bidder, uint256 amount);

    error TooLow(uint256 bid, uint256 highest);

    /// @notice Bids what is sent.
    function bid() external payable {
        if (msg.value <= highestBid) revert TooLow(msg.value, highestBid);
        if (highestBidder != address(0)) refundOf[highestBidder] += highestBid;
        highestBid = msg.value;
        highestBidder = msg.sender;
        emit Bid(msg.sender, msg.value);
    }
}
