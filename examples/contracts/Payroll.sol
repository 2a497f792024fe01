// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Wages that people take when they want
/// @notice Each employee has an allowance of their own; only the contract's balance is shared.
contract Payroll {
    /// @notice What each employee can still take.
    mapping(address employee => uint256 amount) public wageOf;

    error NotEnough(address employee, uint256 asked, uint256 left);

    /// @notice Sets aside what is sent for `employee`.
    function fund(address employee) external payable {
        wageOf[employee] += msg.value;
    }

    /// @notice Takes `amount` of the caller's wage.
    function take(uint256 amount) external {
        uint256 left = wageOf[msg.sender];
        if (amount > left) revert NotEnough(msg.sender, amount, left);
        wageOf[msg.sender] = left - amount;
        (bool paid,) = msg.sender.call{value: amount}("");
        require(paid);
    }
}
