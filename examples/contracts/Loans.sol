// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {PriceFeed} from "./PriceFeed.sol";

/// @title Loans against a collateral whose price comes from a feed
contract Loans {
    PriceFeed public immutable feed;

    /// @notice What each borrower has left as collateral.
    mapping(address borrower => uint256 amount) public collateralOf;

    /// @notice What each borrower owes.
    mapping(address borrower => uint256 amount) public debtOf;

    error TooRisky(uint256 debt, uint256 most);

    constructor(PriceFeed feed_) {
        feed = feed_;
    }

    /// @notice Leaves what is sent as collateral.
    function pledge() external payable {
        collateralOf[msg.sender] += msg.value;
    }

    /// @notice Borrows `amount`, at most half of what the collateral is worth.
    function borrow(uint256 amount) external {
        uint256 most = collateralOf[msg.sender] * feed.price() / 2;
        uint256 debt = debtOf[msg.sender] + amount;
        if (debt > most) revert TooRisky(debt, most);
        debtOf[msg.sender] = debt;
    }
}
