// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A price that one account sets and many contracts read
contract PriceFeed {
    /// @notice The price. An update writes it, and everybody else only reads it.
    uint256 public price;

    address public immutable reporter = msg.sender;

    event Updated(uint256 price);

    error NotReporter(address caller);

    /// @notice Sets the price.
    function update(uint256 price_) external {
        if (msg.sender != reporter) revert NotReporter(msg.sender);
        price = price_;
        emit Updated(price_);
    }
}
