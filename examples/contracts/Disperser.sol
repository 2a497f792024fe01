// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Pays many accounts in one transaction
contract Disperser {
    error UnequalLists(uint256 payees, uint256 amounts);
    error NotPaid(address payee);
    error LeftOver(uint256 amount);

    /// @notice Pays each of `payees` its amount; together they must be what was sent.
    function disperse(address[] calldata payees, uint256[] calldata amounts) external payable {
        if (payees.length != amounts.length) revert UnequalLists(payees.length, amounts.length);
        uint256 left = msg.value;
        for (uint256 i = 0; i < payees.length; i++) {
            left -= amounts[i];
            (bool paid,) = payees[i].call{value: amounts[i]}("");
            if (!paid) revert NotPaid(payees[i]);
        }
        if (left != 0) revert LeftOver(left);
    }
}
