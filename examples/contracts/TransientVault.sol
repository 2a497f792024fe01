// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A vault whose reentrancy guard lives in transient storage
/// @notice The guard is forgotten at the end of each transaction, so no other transaction can meet it.
contract TransientVault {
    bool transient entered;

    /// @notice What each owner has at hand.
    mapping(address owner => uint256 amount) public cashOf;

    /// @notice What each owner has locked away.
    mapping(address owner => uint256 amount) public lockedOf;

    error Reentered();
    error TooMuch(uint256 asked, uint256 available);

    modifier nonReentrant() {
        if (entered) revert Reentered();
        entered = true;
        _;
        entered = false;
    }

    /// @notice Puts in what is sent.
    function fund() external payable {
        cashOf[msg.sender] += msg.value;
    }

    /// @notice Locks `amount` away.
    function lock(uint256 amount) external nonReentrant {
        uint256 cash = cashOf[msg.sender];
        if (amount > cash) revert TooMuch(amount, cash);
        cashOf[msg.sender] = cash - amount;
        lockedOf[msg.sender] += amount;
    }

    /// @notice Pays out `amount` of what is at hand.
    function withdraw(uint256 amount) external nonReentrant {
        uint256 cash = cashOf[msg.sender];
        if (amount > cash) revert TooMuch(amount, cash);
        cashOf[msg.sender] = cash - amount;
        (bool paid,) = msg.sender.call{value: amount}("");
        require(paid);
    }
}
