// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A vault whose reentrancy guard counts calls
/// @notice The guard is one number for everybody. Each call adds to it, so calls that share nothing else form a queue.
contract GuardedVault {
    /// @notice Grows with every guarded call; a call that finds another number at its end was entered twice.
    uint256 public guardCounter;

    /// @notice What each owner has at hand.
    mapping(address owner => uint256 amount) public cashOf;

    /// @notice What each owner has locked away.
    mapping(address owner => uint256 amount) public lockedOf;

    error Reentered();
    error TooMuch(uint256 asked, uint256 available);

    modifier nonReentrant() {
        guardCounter += 1;
        uint256 mine = guardCounter;
        _;
        if (mine != guardCounter) revert Reentered();
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
